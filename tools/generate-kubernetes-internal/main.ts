import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Writes gen/kubernetes/internal.json: how Go writes the types in which kube-apiserver holds objects, which is how its messages show
 * them (differences of pod specs, templates that are immutable). Needs Go and a Go module proxy. Usage: node tools/generate-kubernetes-internal/main.ts
 *
 * Type → its fields in Go's order, each `<name shown> <path in the stored version> <type>`, with `o` behind it where an empty one is
 * left out; a path that begins with `^` is in the object that holds this one. A type is `*`, `[]` or `{}` (whose zero is null) and what
 * they hold; or the name of a type here; or, for values that are shown as they are sent, their zero as JSON.
 */
const root = join(import.meta.dirname, '../..');
const module = join(root, 'test/clients/validation');
const folder = mkdtempSync(join(tmpdir(), 'slipway-internal-'));
try {
  for (const file of ['go.mod', 'go.sum']) copyFileSync(join(module, file), join(folder, file));
  copyFileSync(join(import.meta.dirname, 'main.go'), join(folder, 'main.go'));
  const types: Record<string, string[]> = JSON.parse(
    execFileSync('go', ['run', '-mod=readonly', '.'], { cwd: folder, maxBuffer: 1 << 26 }).toString(),
  );
  const rows = Object.entries(types)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, fields]) => `${JSON.stringify(name)}:${JSON.stringify(fields)}`);
  writeFileSync(join(root, 'gen/kubernetes/internal.json'), `{\n${rows.join(',\n')}\n}\n`);
} finally {
  rmSync(folder, { recursive: true });
}
