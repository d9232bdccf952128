/** Writes `docs/coverage/`: what is built and what refuses, read off the declarations themselves. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { armCoverage, kubernetesCoverage } from './coverage/coverage.ts';

const folder = new URL('../docs/coverage/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('arm.md', folder), armCoverage());
writeFileSync(new URL('kubernetes.md', folder), kubernetesCoverage());
