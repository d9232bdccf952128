import { sha256Hex } from '../../kernel/hash.ts';
import type { JsonObject } from '../../kernel/json.ts';

/** GET /version of a Kubernetes release such as "1.36.2". The commit is made up from the version: no release stands behind it. */
export function versionDocument(version: string): JsonObject {
  const [major = '1', minor = '0'] = version.split('.');
  return {
    major,
    minor,
    // Since 1.34 a server tells what it emulates.
    ...(Number(minor) >= 34 && {
      emulationMajor: major,
      emulationMinor: minor,
      minCompatibilityMajor: major,
      minCompatibilityMinor: String(Number(minor) - 1),
    }),
    gitVersion: `v${version}`,
    gitCommit: sha256Hex(`kubernetes ${version}`).slice(0, 40),
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'go1.25.0',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}
