/** Runs the measure of one module and reports it as JSON on the last line of standard output. */
import { pathToFileURL } from 'node:url';
import type { Measure, Report } from './measure.ts';

const [file = ''] = process.argv.slice(2);
const { measure } = (await import(pathToFileURL(file).href)) as { measure: Measure };
const { name, method } = measure;
let report: Report;
try {
  report = { name, method, figures: await measure.run() };
} catch (error) {
  report = { name, method, failure: error instanceof Error ? error.message : String(error) };
}
process.stdout.write(`\n${JSON.stringify(report)}\n`, () => process.exit(0));
