import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { Command, Option } from 'commander';
import { call, NotRunning } from '../admin-client.ts';
import { AUDIT_LEVELS } from '../audit-log.ts';
import { DEFAULT_WORLD } from '../durability.ts';
import { parseDuration } from '../duration.ts';
import { Home } from '../home.ts';
import { version } from '../version.ts';
import {
  clientVariables,
  guessShell,
  kubeconfigFile,
  leftovers,
  loginAz,
  SHELLS,
  type Shell,
  shellLines,
  unsetLines,
  VARIABLES,
} from './environment.ts';
import { EXIT, Failure, print, table, withProgress } from './output.ts';
import type { UpOptions } from './up.ts';

interface Described {
  readonly name: string;
  readonly revision: number;
  readonly time: string;
  readonly rate: number;
  readonly clusters: number;
}
interface Status {
  readonly version: string;
  readonly pid: number;
  readonly port: number;
  readonly worlds: readonly Described[];
}
interface Clock {
  readonly world: string;
  readonly time: string;
  readonly rate: number;
  readonly nextEvent?: string;
}
interface Common {
  readonly home: string;
  readonly json?: boolean;
  readonly world: string;
}

const EXIT_CODES = `
Exit codes: ${EXIT.ok} done, ${EXIT.failed} failed, ${EXIT.usage} the command is written wrong, ${EXIT.notRunning} the service does not run`;

/** The whole command line. Every command takes --home and --json. */
export function program(): Command {
  const root = new Command('slipway')
    .description('Azure Kubernetes Service on your own machine')
    .version(version, '-V, --version')
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(slipway <command> --help tells more)')
    .exitOverride()
    .configureHelp({ sortSubcommands: false });
  addService(root);
  addClients(root);
  addWorlds(root);
  addClock(root);
  return root;
}

const homeOption = () =>
  new Option('--home <folder>', 'folder of this installation').default(Home.defaultFolder(), 'SLIPWAY_HOME or ~/.slipway');
const worldOption = () => new Option('--world <name>', 'world to speak of').default(DEFAULT_WORLD);
const command = (parent: Command, name: string, description: string): Command =>
  parent.command(name).description(description).addOption(homeOption()).option('--json', 'print JSON');
const worldPath = (world: string, what = ''): string => `worlds/${encodeURIComponent(world)}${what}`;
const homeOf = ({ home }: { readonly home: string }): Home => new Home(home);

function addService(root: Command): void {
  command(root, 'up', 'start the service')
    .option('-p, --port <port>', 'port on loopback, or "auto" for the next free one', '8443')
    .option('-d, --detach', 'run in the background')
    .option('--ephemeral', 'keep nothing on disk but keys')
    .option('--offline', 'refuse connections to hosts that are not simulated')
    .option('--seed <text>', 'seed of a new world: the same seed and inputs give the same world')
    .addOption(
      new Option('--audit [level]', 'keep audit logs of the API servers in the home: of Metadata, or of bodies too').choices([
        ...AUDIT_LEVELS,
      ]),
    )
    .addOption(new Option('--example <folder>', 'deploy an example into an empty world').hideHelp())
    .action(async (options: UpOptions & Common) => {
      // Loaded only here: the other commands talk to a running process and start in a tenth of the time.
      const { up } = await import('./up.ts');
      await up(homeOf(options), options);
    });
  command(root, 'status', 'tell whether the service runs, and what its worlds hold').action(async (options: Common) => {
    const status = await call<Status>(homeOf(options), 'GET', 'status');
    print(
      status,
      options.json ?? false,
      ({ port, pid, worlds }) => `Slipway ${status.version} runs on https://127.0.0.1:${port} (pid ${pid}).\n\n${worldTable(worlds)}`,
    );
  });
  command(root, 'down', 'stop the service').action(async (options: Common) => {
    const home = homeOf(options);
    const status = await call<Status>(home, 'POST', 'stop');
    await withProgress('Stopping', untilGone(home, status.pid));
    print({ stopped: status.pid }, options.json ?? false, () => 'Slipway has stopped.');
  });
  command(root, 'reset', 'empty a world')
    .addOption(worldOption())
    .action(async (options: Common) => {
      const world = await withProgress('Emptying', call<Described>(homeOf(options), 'POST', worldPath(options.world, '/reset')));
      print(world, options.json ?? false, ({ name }) => `World ${name} is empty.`);
    });
  command(root, 'version', 'print the version').action((options: Common) => print({ version }, options.json ?? false, () => version));
}

async function untilGone(home: Home, pid: number): Promise<void> {
  for (const limitMs = Date.now() + 30_000; Date.now() < limitMs; ) {
    if (home.running?.pid !== pid) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Failure(`process ${pid} did not stop in 30 s`);
}

interface EnvOptions extends Common {
  readonly shell?: Shell;
  readonly unset?: boolean;
  readonly login: boolean;
  readonly from: string;
}

function addClients(root: Command): void {
  const from = () => new Option('--from <vantage>', 'vantage point in the network; the internet unless given').default('');
  command(root, 'env', 'print the variables that lead az, kubectl and other clients here')
    .addOption(worldOption())
    .addOption(from())
    .addOption(new Option('--shell <name>', 'syntax to print').choices([...SHELLS]))
    .option('--unset', 'print what undoes it')
    .option('--no-login', 'do not log az in')
    .action(async (options: EnvOptions) => {
      const home = homeOf(options);
      const shell = options.shell ?? guessShell();
      if (options.unset) {
        // Also after "slipway down": nobody answers then, and clients would still be led here.
        const names = [...VARIABLES, ...leftovers(home, DEFAULT_WORLD)];
        print(names, options.json ?? false, () => unsetLines(names, shell).join('\n'));
        return;
      }
      const variables = await variablesFor(home, options);
      if (options.login) process.stderr.write(`# ${await withProgress('Logging az in', loginAz(home, variables))}\n`);
      process.stderr.write(credentialsHint(variables.KUBECONFIG));
      const unset = unsetLines(leftovers(home, options.world), shell);
      print(variables, options.json ?? false, () => [...shellLines(variables, shell), ...unset].join('\n'));
    });
  command(root, 'shell', 'open a shell in which az, kubectl and other clients are led here')
    .addOption(worldOption())
    .addOption(from())
    .action(async (options: EnvOptions) => {
      const home = homeOf(options);
      const variables = await variablesFor(home, options);
      process.stderr.write(`${await withProgress('Logging az in', loginAz(home, variables))} Leave this shell with "exit".\n`);
      process.stderr.write(credentialsHint(variables.KUBECONFIG));
      const shell = process.env['SHELL'] ?? (process.platform === 'win32' ? 'powershell' : 'bash');
      const env: NodeJS.ProcessEnv = { ...process.env, ...variables, SLIPWAY_WORLD: options.world };
      for (const name of leftovers(home, options.world)) delete env[name];
      process.exitCode = await new Promise<number>((resolve) => {
        spawn(shell, { stdio: 'inherit', env }).on('exit', (code) => resolve(code ?? EXIT.failed));
      });
    });
}

/** What kubectl still lacks in a branch. */
const credentialsHint = (kubeconfig: string | undefined): string =>
  kubeconfig === undefined || existsSync(kubeconfig)
    ? ''
    : '# kubectl has a file of its own in this world: az aks get-credentials fills it.\n';

/** Variables for a world that lives; the proxy would refuse every connection for another one. */
async function variablesFor(home: Home, { world, from }: EnvOptions): Promise<ReturnType<typeof clientVariables>> {
  const { worlds } = await call<Status>(home, 'GET', 'status');
  if (!worlds.some(({ name }) => name === world))
    throw new Failure(`there is no world ${world}; there are: ${worlds.map(({ name }) => name).join(', ')}`);
  return clientVariables(home, { world, vantage: from });
}

const worldTable = (worlds: readonly Described[]): string =>
  table(
    ['WORLD', 'TIME', 'SPEED', 'CLUSTERS', 'REVISION'],
    worlds.map(({ name, time, rate, clusters, revision }) => [
      name,
      time,
      rate === 0 ? 'paused' : `×${rate}`,
      String(clusters),
      String(revision),
    ]),
  );

function addWorlds(root: Command): void {
  const worlds = root.command('world').description('keep, branch and list worlds');
  command(worlds, 'list', 'list living worlds and saves').action(async (options: Common) => {
    const found = await call<{ worlds: Described[]; saves: string[] }>(homeOf(options), 'GET', 'worlds');
    print(found, options.json ?? false, ({ worlds: living, saves }) => `${worldTable(living)}\n\nSaves: ${saves.join(', ') || 'none'}`);
  });
  command(worlds, 'fork <name>', 'branch a world: both go on from here')
    .addOption(worldOption())
    .action(async (name: string, options: Common) => {
      const world = await withProgress('Forking', call<Described>(homeOf(options), 'POST', worldPath(options.world, '/fork'), { name }));
      print(
        world,
        options.json ?? false,
        () => `World ${name} is a branch of ${options.world}. Use it with: eval "$(slipway env --world ${name})"`,
      );
    });
  command(worlds, 'save <name>', 'keep a copy of a world on disk')
    .addOption(worldOption())
    .action(async (name: string, options: Common) => {
      const saved = await withProgress(
        'Saving',
        call<{ revision: number }>(homeOf(options), 'POST', worldPath(options.world, '/save'), { name }),
      );
      print(saved, options.json ?? false, ({ revision }) => `World ${options.world} is saved as ${name}, at revision ${revision}.`);
    });
  command(worlds, 'load <save>', 'put a saved world in the place of a living one, or beside them')
    .addOption(worldOption())
    .action(async (save: string, options: Common) => {
      const world = await withProgress(
        'Loading',
        call<Described>(homeOf(options), 'POST', worldPath(options.world, '/load'), { name: save }),
      );
      print(world, options.json ?? false, ({ name }) => `World ${name} is as ${save} was.`);
    });
  command(worlds, 'delete <name>', 'delete a world').action(async (name: string, options: Common) => {
    const home = homeOf(options);
    const deleted = await withProgress('Deleting', call<{ deleted: string }>(home, 'DELETE', worldPath(name)));
    const kubeconfig = kubeconfigFile(home, name);
    if (kubeconfig) rmSync(kubeconfig, { force: true });
    print(deleted, options.json ?? false, () => `World ${name} is deleted.`);
  });
}

const clockText = ({ time, rate, nextEvent }: Clock): string =>
  `${time}, ${rate === 0 ? 'paused' : `×${rate}`}${nextEvent ? `, next event ${nextEvent}` : ''}`;

function addClock(root: Command): void {
  const clock = root.command('clock').description('the time of a world');
  const set = async (options: Common, what: string, body: unknown): Promise<void> => {
    const home = homeOf(options);
    const path = worldPath(options.world, '/clock');
    const done = call<Clock>(home, 'POST', path, body);
    const moved = await withProgress(what, done, async () => (await call<Clock>(home, 'GET', path)).time);
    print(moved, options.json ?? false, clockText);
  };
  command(clock, 'show', 'print the world’s time')
    .addOption(worldOption())
    .action(async (options: Common) =>
      print(await call<Clock>(homeOf(options), 'GET', worldPath(options.world, '/clock')), options.json ?? false, clockText),
    );
  command(clock, 'advance [duration]', 'let time pass at once, e.g. 30d or 1h30m; without a duration, to the next event')
    .addOption(worldOption())
    .action(async (duration: string | undefined, options: Common) => {
      const advanceMs = duration === undefined ? undefined : parseDuration(duration);
      if (duration !== undefined && advanceMs === undefined)
        throw new Failure(`"${duration}" is no duration; write 30d, 12h or 1h30m`, EXIT.usage);
      await set(options, 'Advancing', advanceMs === undefined ? { toNextEvent: true } : { advanceMs });
    });
  command(clock, 'speed <factor>', 'let time run so many times as fast as the host’s')
    .addOption(worldOption())
    .action((factor: string, options: Common) => {
      const rate = Number(/^[×x]?(\d+(?:\.\d+)?)$/.exec(factor)?.[1]);
      if (!Number.isFinite(rate)) throw new Failure(`"${factor}" is no speed; write 1, 60 or 3600`, EXIT.usage);
      return set(options, 'Setting the clock', { rate });
    });
  command(clock, 'pause', 'stop time')
    .addOption(worldOption())
    .action((options: Common) => set(options, 'Setting the clock', { rate: 0 }));
}

/** What a failure means for the exit code and the one line that is printed. */
export function explain(error: unknown): { readonly message: string; readonly exitCode: number } {
  if (error instanceof NotRunning) return { message: error.message, exitCode: EXIT.notRunning };
  if (error instanceof Failure) return { message: error.message, exitCode: error.exitCode };
  return { message: error instanceof Error ? error.message : String(error), exitCode: EXIT.failed };
}
