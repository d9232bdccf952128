import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addToList } from './definition-list.ts';

const list = `import type { Kind } from '../kube/kind.ts';
import { daemonSet } from './apps/daemonset.ts';
import { replicaSet } from './apps/replicaset.ts';
import { job } from './batch/job.ts';

export const kinds: readonly Kind[] = [
  daemonSet,
  replicaSet,
  job,
];

export const count = kinds.length;
`;

const entriesOf = (text: string) => [...text.slice(text.indexOf('= [')).matchAll(/^ {2}(\w+),$/gm)].map((match) => match[1]);

test('an entry stands among those of its folder, by name', () => {
  const text = addToList(list, 'deployment', './apps/deployment.ts');
  assert.deepEqual(entriesOf(text), ['daemonSet', 'deployment', 'replicaSet', 'job']);
  assert.match(text, /^import \{ deployment \} from '\.\/apps\/deployment\.ts';$/m);
  assert.match(text, /\n\];\n\nexport const count = kinds\.length;\n$/);
});

test('the first of its folder by name stands before the others', () => {
  assert.deepEqual(entriesOf(addToList(list, 'binding', './apps/binding.ts')), ['binding', 'daemonSet', 'replicaSet', 'job']);
});

test('the first of a folder stands last', () => {
  assert.deepEqual(entriesOf(addToList(list, 'lease', './coordination.k8s.io/lease.ts')), ['daemonSet', 'replicaSet', 'job', 'lease']);
});

test('a list that is sorted by name stays so', () => {
  const sorted = list.replace('  daemonSet,\n  replicaSet,\n  job,', '  daemonSet,\n  job,\n  replicaSet,');
  assert.deepEqual(entriesOf(addToList(sorted, 'lease', './coordination.k8s.io/lease.ts')), ['daemonSet', 'job', 'lease', 'replicaSet']);
});

test('an empty list takes its first entry', () => {
  const text = addToList(
    "import type { Kind } from '../kube/kind.ts';\n\nexport const kinds: readonly Kind[] = [\n];\n",
    'job',
    './batch/job.ts',
  );
  assert.deepEqual(entriesOf(text), ['job']);
});

test('what is listed is refused', () => {
  assert.throws(() => addToList(list, 'job', './batch/job.ts'), /job is listed already/);
  assert.throws(() => addToList('export {};\n', 'job', './batch/job.ts'), /no list/);
});
