// Plain JavaScript for any Node from 20 on: it runs before the pinned Node is known, and before anything is installed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's (or the installed package's) root folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The oldest Node whose `node:sqlite` is stable and that strips types without a flag. */
const OLDEST = [24, 15];

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** Walks up, because an installed package finds its dependencies hoisted beside or above it. */
function findPinned() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const file = join(`node-${platform}-${process.arch}`, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  for (let folder = root; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', file);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * The Node that runs Slipway: the one pinned through the registry, else the present one when it is new enough.
 * @returns {string} path of the executable. @throws {Error} with advice when there is none.
 */
export function findNode() {
  const pinned = findPinned();
  if (pinned) return pinned;
  if (isNewEnough(process.versions.node)) return process.execPath;
  throw new Error(
    `Slipway needs Node ${OLDEST.join('.')} or newer, and this is ${process.versions.node}.\n` +
      `Run "npm ci" in ${root}: it installs a pinned Node beside the other dependencies. Where the platform has none (${process.platform}-${process.arch}), install Node 24.`,
  );
}

/**
 * The environment for programs started here: `node` is the given one, and npm's own additions are gone,
 * so that what is started cannot tell whether npm started it.
 */
export function childEnvironment(node) {
  const env = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^(npm_|INIT_CWD$)/i.test(name)) env[name] = value;
  }
  const pathName = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const folders = (env[pathName] ?? '').split(delimiter).filter((folder) => !/node_modules[\\/]\.bin$|node-gyp-bin$/.test(folder));
  const own = dirname(node);
  env[pathName] = [own, ...folders.filter((folder) => folder !== own)].join(delimiter);
  return env;
}

/**
 * Runs a program in our place: same terminal, same signals, same end.
 * @returns {Promise<number>} its exit code, 128 + n when signal n ended it.
 */
export function run(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  // A terminal sends Ctrl-C and hang-ups to the whole process group; a second copy from us would read as "now force it".
  const hasTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const forwarded = { SIGINT: !hasTerminal, SIGHUP: !hasTerminal, SIGTERM: true };
  const listeners = Object.entries(forwarded).map(([signal, forward]) => {
    const listener = () => forward && child.kill(signal);
    process.on(signal, listener);
    return [signal, listener];
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const [name, listener] of listeners) process.off(name, listener);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}
