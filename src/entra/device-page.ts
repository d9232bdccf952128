import type { HttpResponse } from '../kernel/http.ts';
import { EntraError } from './errors.ts';
import { checkPassword } from './grants/password.ts';
import type { EntraPorts } from './ports.ts';
import { DEVICE_CODES, type DeviceCode } from './sessions.ts';

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

function page(status: number, content: string, revision?: number): HttpResponse {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    },
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in to Slipway</title>
<style>body{font:16px system-ui;margin:10vh auto;max-width:24rem}label,input,button{display:block;width:100%;margin:.4rem 0;font:inherit}</style>
<h1>Sign in to Slipway</h1>${content}</html>`,
    ...(revision !== undefined && { revision }),
  };
}

const form = (message: string): string => `<p role="alert">${escaped(message)}</p><form method="post">
<label>Code <input name="user_code" autocomplete="off" required autofocus></label>
<label>User <input name="username" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button name="answer" value="allow">Allow</button><button name="answer" value="decline">Decline</button></form>`;

/** GET /devicelogin: where a device code is confirmed. */
export const showDevicePage = (): HttpResponse => page(200, form('Enter the code that your client shows.'));

/** POST /devicelogin: confirms or declines a code, as a user who gives his password. */
export function confirmDevice(ports: EntraPorts, fields: URLSearchParams): HttpResponse {
  const userCode = (fields.get('user_code') ?? '').trim().toUpperCase();
  const declined = fields.get('answer') === 'decline';
  try {
    const user = checkPassword(ports, fields.get('username') ?? '', fields.get('password') ?? '');
    // Codes live 15 minutes, so that there are few.
    const found = ports.world.reader.list<DeviceCode>(DEVICE_CODES).find(({ value }) => value.userCode === userCode);
    if (!found || found.value.expiresMs <= ports.hostNowMs()) return page(400, form('That code is not known, or has expired.'));
    const confirmed: DeviceCode = { ...found.value, userId: user.id, declined };
    ports.world.transact((tx) => tx.put(DEVICE_CODES, found.key, confirmed));
    return page(200, `<p>${declined ? 'Declined.' : 'You have signed in.'} You may close this window.</p>`, ports.world.reader.revision);
  } catch (error) {
    if (error instanceof EntraError) return page(400, form(error.message));
    throw error;
  }
}
