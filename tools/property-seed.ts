// Imported before the tests. A property test tries the same cases in every run, so that what a change does decides and not luck;
// SLIPWAY_TEST_SEED tries others.
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['SLIPWAY_TEST_SEED'] ?? 20_261_121) });
