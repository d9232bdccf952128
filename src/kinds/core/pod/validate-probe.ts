import type { HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from '../../../../gen/kubernetes-types.ts';
import { forbidden, invalid, required } from '../../../kernel/field-error.ts';
import { httpHeaderName, portName, portNumber } from '../../../kube/names/values.ts';
import { type Faults, messages, nonNegative, oneOf } from '../../faults.ts';

const SCHEMES = ['HTTP', 'HTTPS'];

/** A port by number or by the name of one of the container's ports. */
export function portOrNameFaults(path: string, port: number | string | undefined, out: Faults): void {
  if (typeof port === 'string') messages(path, port, portName(port), out);
  else messages(path, port ?? 0, portNumber(port ?? 0), out);
}

function httpGetFaults(path: string, http: HTTPGetAction, out: Faults): void {
  if (!http.path) out.push(required(`${path}.path`));
  portOrNameFaults(`${path}.port`, http.port, out);
  oneOf(`${path}.scheme`, http.scheme ?? '', SCHEMES, false, out);
  for (const { name } of http.httpHeaders ?? []) messages(`${path}.httpHeaders`, name, httpHeaderName(name), out);
}

type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & Pick<LifecycleHandler, 'sleep'>;

function handlerFaults(
  path: string,
  { exec, httpGet, tcpSocket, grpc, sleep }: Handler,
  graceSeconds: number | undefined,
  out: Faults,
): void {
  let count = 0;
  const isFirst = (field: string): boolean => {
    if (++count > 1) out.push(forbidden(`${path}.${field}`, 'may not specify more than 1 handler type'));
    return count === 1;
  };
  if (exec && isFirst('exec') && !exec.command?.length) out.push(required(`${path}.exec.command`));
  if (httpGet && isFirst('httpGet')) httpGetFaults(`${path}.httpGet`, httpGet, out);
  if (tcpSocket && isFirst('tcpSocket')) portOrNameFaults(`${path}.tcpSocket.port`, tcpSocket.port, out);
  if (grpc && isFirst('grpc')) messages(`${path}.grpc.port`, grpc.port, portNumber(grpc.port), out);
  if (sleep && isFirst('sleep') && graceSeconds !== undefined && (sleep.seconds < 0 || sleep.seconds > graceSeconds))
    out.push(invalid(`${path}.sleep`, sleep.seconds, `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`));
  if (count === 0) out.push(required(path, 'must specify a handler type'));
}

function probeFaults(path: string, probe: Probe, out: Faults): void {
  handlerFaults(path, probe, undefined, out);
  for (const field of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const)
    nonNegative(`${path}.${field}`, probe[field], out);
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) out.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
}

type Probed = { readonly livenessProbe?: Probe; readonly readinessProbe?: Probe; readonly startupProbe?: Probe };

function onceFaults(path: string, { successThreshold }: Probe, out: Faults): void {
  if (successThreshold !== undefined && successThreshold !== 1)
    out.push(invalid(`${path}.successThreshold`, successThreshold, 'must be 1'));
}

function readinessFaults(path: string, { terminationGracePeriodSeconds: seconds }: Probe, out: Faults): void {
  if (seconds !== undefined) out.push(invalid(`${path}.terminationGracePeriodSeconds`, seconds, 'must not be set for readinessProbes'));
}

const PROBES = { livenessProbe: onceFaults, readinessProbe: readinessFaults, startupProbe: onceFaults };

/** Faults of a container's probes. */
export function probesFaults(path: string, container: Probed, out: Faults): void {
  for (const [field, ownFaults] of Object.entries(PROBES)) {
    const probe = container[field as keyof Probed]; // the table's own keys
    if (!probe) continue;
    probeFaults(`${path}.${field}`, probe, out);
    ownFaults(`${path}.${field}`, probe, out);
  }
}

/** Faults of what runs when a container starts and stops. */
export function lifecycleFaults(path: string, lifecycle: Lifecycle | undefined, graceSeconds: number | undefined, out: Faults): void {
  if (lifecycle?.postStart) handlerFaults(`${path}.postStart`, lifecycle.postStart, graceSeconds, out);
  if (lifecycle?.preStop) handlerFaults(`${path}.preStop`, lifecycle.preStop, graceSeconds, out);
}
