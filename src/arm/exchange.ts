import type { HttpRequest } from '../kernel/http.ts';
import type { World } from '../kernel/world.ts';
import type { ArmCore } from './arm.ts';
import { authorizationFailed } from './errors.ts';
import type { Caller, Route } from './resource-type.ts';
import type { RequestIds } from './respond.ts';

/** Outcome of checking a bearer token: whose it is, or why not. */
export type Authentication =
  | { readonly caller: Caller }
  | { readonly code: string; readonly message: string; readonly error: 'invalid_token' | 'invalid_request'; readonly description: string };

/** What the pipeline needs from outside. `server` composes it. */
export interface ArmPorts {
  readonly world: World;
  readonly arm: ArmCore;
  /** Routes of providers (`locations/{location}/kubernetesVersions`, `skus` …) beside ARM's own. */
  readonly routes: readonly Route[];
  /** Checks a bearer token: signature, issuer, audience, expiry. */
  authenticate(bearer: string, request: HttpRequest): Promise<Authentication>;
  /** Login endpoint of the tenant as this client knows it, for `WWW-Authenticate`: `https://login.microsoftonline.com/{tenant}`. */
  authority(request: HttpRequest): string;
  readonly newRequestId: RequestIds;
  /** Waits a moment (about 100 ms) before what is still running or being deleted is shown, so that clients without a delay don't spin. */
  pause?(): Promise<void>;
}

/** One request on its way through the pipeline. */
export interface Exchange {
  readonly ports: ArmPorts;
  readonly request: HttpRequest;
  readonly query: URLSearchParams;
  readonly apiVersion: string;
  readonly caller: Caller;
  url(path: string): string;
}

/** Refuses a caller without the permission. */
export function authorize({ ports, caller }: Exchange, action: string, scope: string): void {
  if (!ports.arm.allowed(ports.world.reader, caller, action, scope)) throw authorizationFailed(caller, action, scope);
}
