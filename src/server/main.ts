import { CommanderError } from 'commander';
import { explain, program } from './cli/commands.ts';
import { EXIT } from './cli/output.ts';

try {
  await program().parseAsync(process.argv);
} catch (error) {
  // Commander has printed help, version or a usage error itself.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else {
    const { message, exitCode } = explain(error);
    process.stderr.write(`slipway: ${message}\n`);
    if (process.env['SLIPWAY_DEBUG']) process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`);
    process.exitCode = exitCode;
  }
}
