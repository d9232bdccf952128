/** What `npm run new` writes: files, and one line in a list. Pure, so that it can be tested without a tree. */
export interface Scaffold {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly list: { readonly path: string; readonly name: string; readonly from: string };
}

/** What is known of a built-in Kubernetes resource, from gen/kubernetes/resources.json. */
export interface KnownResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames?: readonly string[];
  readonly subresources: readonly unknown[];
}

const NAME = /^[a-z][a-z0-9-]*$/i;

/** "HorizontalPodAutoscaler" → "horizontalPodAutoscaler", "CSIDriver" → "csiDriver" */
export const camel = (name: string): string => name.replace(/^[A-Z]+(?=[A-Z][a-z]|$)|^[A-Z]/, (head) => head.toLowerCase());
/** "virtualNetworks" → "virtual-networks" */
const kebab = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
const pascalOfKebab = (name: string): string => name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());

/** A test to be replaced: what is scaffolded is red until somebody says what it does. */
function firstTest(importLine: string, subject: string, advice: string): string {
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
${importLine}

test('${subject}', () => {
  assert.fail(\`say what \${${advice}} does\`);
});
`;
}

/** @param name "apps/StatefulSet"; the group "core" stands for the one without a name. */
export function newKind(name: string, known: readonly KnownResource[]): Scaffold {
  const [group = '', kind = ''] = name.split('/');
  const apiGroup = group === 'core' ? '' : group;
  const resource = known.find((each) => each.group === apiGroup && each.kind.toLowerCase() === kind.toLowerCase());
  if (!resource) throw new Error(`no built-in kind "${kind}" in group "${group}"; write <group>/<Kind>, with "core" for the core group`);
  const { kind: type } = resource;
  const constant = camel(type);
  const file = type.toLowerCase();
  const lines = [
    `  group: '${apiGroup}',`,
    `  kind: '${type}',`,
    `  resource: '${resource.resource}',`,
    ...(resource.shortNames?.length ? [`  shortNames: [${resource.shortNames.map((each) => `'${each}'`).join(', ')}],`] : []),
    `  namespaced: ${resource.namespaced},`,
    `  versions: [{ name: '${resource.version}' }],`,
    ...(JSON.stringify(resource.subresources).includes('status') ? ['  status: true,'] : []),
    '  columns: [nameColumn, ageColumn],',
  ];
  const text = `import type { Kind } from '../../kube/kind.ts';
import { ageColumn, nameColumn } from '../columns.ts';

export const ${constant}: Kind = {
${lines.join('\n')}
};
`;
  const folder = `src/kinds/${group}`;
  return {
    files: [
      { path: `${folder}/${file}.ts`, text },
      { path: `${folder}/${file}.test.ts`, text: firstTest(`import { ${constant} } from './${file}.ts';`, type, `${constant}.kind`) },
    ],
    list: { path: 'src/kinds/index.ts', name: constant, from: `./${group}/${file}.ts` },
  };
}

/** @param name "Microsoft.Network/virtualNetworks"; a child has more segments. */
export function newType(name: string): Scaffold {
  const [namespace = '', ...types] = name.split('/');
  if (!/^Microsoft\.\w+$/.test(namespace) || types.length === 0 || !types.every((type) => NAME.test(type))) {
    throw new Error('write <namespace>/<type>, such as Microsoft.Network/virtualNetworks/subnets');
  }
  const folder = kebab(namespace.slice('Microsoft.'.length));
  const last = types.at(-1) ?? '';
  const singular = last
    .replace(/ies$/, 'y')
    .replace(/(ss|x|ch)es$/, '$1')
    .replace(/(?<!s)s$/, '');
  const file = kebab(singular);
  const constant = camel(singular);
  const text = `import type { ResourceType } from '../../arm/resource-type.ts';

export const ${constant}: ResourceType = {
  name: '${name}',
  completion: 'clock',
};
`;
  return {
    files: [
      { path: `src/azure/${folder}/${file}.ts`, text },
      {
        path: `src/azure/${folder}/${file}.test.ts`,
        text: firstTest(`import { ${constant} } from './${file}.ts';`, name, `${constant}.name`),
      },
    ],
    list: { path: 'src/azure/index.ts', name: constant, from: `./${folder}/${file}.ts` },
  };
}

/** @param name "replicaset", "root-ca" */
export function newController(name: string): Scaffold {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new Error('write the name in lower case, words joined by "-"');
  const constant = `${camel(pascalOfKebab(name))}Controller`;
  const text = `import type { ClusterController } from '../cluster-controller.ts';

/** Models kubernetes pkg/controller/${name}. */
export const ${constant}: ClusterController = {
  name: '${name}',
  watches: [],
  reconcile(_cluster, name, namespace) {
    throw new Error(\`nothing is written yet for \${namespace}/\${name}\`);
  },
};
`;
  const folder = `src/controllers/${name}`;
  return {
    files: [
      { path: `${folder}/${name}.ts`, text },
      { path: `${folder}/${name}.test.ts`, text: firstTest(`import { ${constant} } from './${name}.ts';`, name, `${constant}.name`) },
    ],
    list: { path: 'src/controllers/index.ts', name: constant, from: `./${name}/${name}.ts` },
  };
}

/** @param name "azure-policy" */
export function newAddon(name: string): Scaffold {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new Error('write the name in lower case, words joined by "-"');
  const constant = camel(pascalOfKebab(name));
  const text = `import type { Addon } from './addon.ts';

export const ${constant}: Addon = {
  name: '${constant}',
};
`;
  return {
    files: [
      { path: `src/aks/addons/${name}.ts`, text },
      { path: `src/aks/addons/${name}.test.ts`, text: firstTest(`import { ${constant} } from './${name}.ts';`, name, `${constant}.name`) },
    ],
    list: { path: 'src/aks/addons/index.ts', name: constant, from: `./${name}.ts` },
  };
}
