/** How pulling an image ends. `reason` and `message` are those that a kubelet with containerd reports. */
export type Pull =
  | { readonly ok: true; readonly imageId: string }
  | { readonly ok: false; readonly reason: 'ErrImagePull' | 'InvalidImageName'; readonly message: string };

const REFERENCE = /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;
/**
 * Images that no registry has. Nothing is pulled in a simulated node, so every well-formed name exists except those that say of
 * themselves that they don't: hosts that can't resolve, and names or tags such as "nonexistent", "does-not-exist", "webserver:404".
 */
const ABSENT = /(non-?existe?a?nt|does-?not-?exist|not-?found|no-such-image|invalid\.|\.invalid|:404$)/i;

/** "nginx" → "docker.io/library/nginx:latest", as containerd spells a reference. */
export function fullReference(image: string): string {
  const slash = image.indexOf('/');
  const host = slash < 0 ? '' : image.slice(0, slash);
  const hasHost = host.includes('.') || host.includes(':') || host === 'localhost';
  const path = hasHost ? image : slash < 0 ? `docker.io/library/${image}` : `docker.io/${image}`;
  return /:[^/]+$|@/.test(path) ? path : `${path}:latest`;
}

/** Pulls an image in simulation. `digest` gives the hex SHA-256 of a text: an image's id is derived from its name. */
export function pull(image: string, digest: (text: string) => string): Pull {
  if (!REFERENCE.test(image))
    return {
      ok: false,
      reason: 'InvalidImageName',
      message: `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`,
    };
  const reference = fullReference(image);
  if (ABSENT.test(image))
    return {
      ok: false,
      reason: 'ErrImagePull',
      message: `rpc error: code = NotFound desc = failed to pull and unpack image "${reference}": failed to resolve reference "${reference}": ${reference}: not found`,
    };
  const repository = reference.replace(/@.*$/, '').replace(/:[^/]*$/, '');
  return { ok: true, imageId: `${repository}@sha256:${/@sha256:(.*)$/.exec(reference)?.[1] ?? digest(reference)}` };
}
