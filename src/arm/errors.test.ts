import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { duplicate, type FieldError, invalid, notFound, notSupported, required } from '../kernel/field-error.ts';
import * as errors from './errors.ts';
import { parseId } from './ids.ts';
import { type Caller, Refusal } from './resource-type.ts';

const caller: Caller = { objectId: 'o', tenantId: 't', name: 'me', kind: 'User' };

test('one wrong field is the error, several are its details, the same one twice counts once', () => {
  const kinds: readonly FieldError[] = [
    invalid('properties.a', 7, 'must be less'),
    required('properties.b'),
    duplicate('properties.c', 'x'),
    notFound('properties.d', 'y'),
    notSupported('properties.e', 'z', ['p', 'q']),
    { ...invalid('f', 1, 'Azure’s own sentence.'), code: 'AzuresOwn' },
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 8 }), (found) => {
      const { status, error } = errors.refuseFields(found);
      const distinct = [...new Set(found)];
      assert.equal(status, 400);
      assert.equal(error.code, distinct.length === 1 ? (distinct[0]?.code ?? 'InvalidParameter') : 'MultipleErrorsOccurred');
      const told = distinct.length === 1 ? [error] : (error.details ?? []);
      assert.deepEqual(
        told.map(({ target }) => target),
        distinct.map(({ path }) => path),
      );
      for (const { message } of told) assert.match(message, /\S/);
    }),
  );
});

test('what is wrong in Azure too is said instead of what is not built', () => {
  const unbuilt: FieldError = { ...invalid('a', 1, 'It is not implemented yet.'), code: 'NotImplemented' };
  const wrong = invalid('b', 1, 'must be less');
  assert.deepEqual([errors.refuseFields([unbuilt]).status, errors.refuseFields([unbuilt]).error.code], [501, 'NotImplemented']);
  assert.deepEqual([errors.refuseFields([unbuilt, wrong]).status, errors.refuseFields([unbuilt, wrong]).error.target], [400, 'b']);
  assert.equal(errors.refuseFields([unbuilt, { ...unbuilt, path: 'c' }]).status, 501);
});

test('every refusal of the catalogue has a code without spaces, a sentence and a status of its kind', () => {
  const id = parseId('/subscriptions/s/resourceGroups/g/providers/N.N/t/a') ?? assert.fail();
  const table: readonly (readonly [Refusal, status: number, code: string])[] = [
    [errors.missingApiVersion(), 400, 'MissingApiVersionParameter'],
    [errors.invalidApiVersion('x'), 400, 'InvalidApiVersionParameter'],
    [errors.unauthenticated('No.', 'AuthenticationFailed', 'https://login'), 401, 'AuthenticationFailed'],
    [errors.authorizationFailed(caller, 'a/read', '/s'), 403, 'AuthorizationFailed'],
    [errors.linkedAuthorizationFailed(caller, 'a', '/s', 'b', '/t'), 403, 'LinkedAuthorizationFailed'],
    [errors.resourceNotFound(id), 404, 'ResourceNotFound'],
    [errors.resourceNotFound(parseId('/subscriptions/s') ?? assert.fail()), 404, 'SubscriptionNotFound'],
    [errors.resourceNotFound(parseId('/subscriptions/s/resourceGroups/g') ?? assert.fail()), 404, 'ResourceGroupNotFound'],
    [errors.parentNotFound('write', 'N.N/t/u', '/x'), 404, 'ParentResourceNotFound'],
    [errors.invalidNamespace('N.N'), 404, 'InvalidResourceNamespace'],
    [errors.invalidResourceType('t', 'N.N'), 404, 'InvalidResourceType'],
    [errors.methodNotAllowed('POST', ['GET', 'PUT']), 405, 'MethodNotAllowed'],
    [errors.noProviderIn('atlantis', '2024-01-01'), 400, 'NoRegisteredProviderFound'],
    [errors.groupBeingDeleted('g'), 409, 'ResourceGroupBeingDeleted'],
    [errors.otherLocation(id.id, 'a', 'eastus', 'westus'), 409, 'InvalidResourceLocation'],
    [errors.otherGroupLocation('eastus', 'westus'), 409, 'InvalidResourceGroupLocation'],
    [errors.notRegistered('N.N'), 409, 'MissingSubscriptionRegistration'],
    [errors.operationInProgress(id.id), 409, 'AnotherOperationInProgress'],
    [errors.preconditionFailed('No.'), 412, 'PreconditionFailed'],
    [errors.contentTooLarge(4 * 1024 * 1024), 413, 'RequestContentTooLarge'],
    [errors.notImplemented('this'), 501, 'NotImplemented'],
  ];
  for (const [refusal, status, code] of table) {
    assert.ok(refusal instanceof Refusal);
    assert.deepEqual([refusal.status, refusal.error.code], [status, code]);
    assert.match(refusal.error.message, /^[A-Z'].*\S$/, code);
    assert.doesNotMatch(refusal.error.message, /undefined|\[object/, code);
  }
  assert.equal(errors.methodNotAllowed('POST', ['GET', 'PUT']).headers['allow'], 'GET, PUT');
  assert.match(errors.contentTooLarge(4 * 1024 * 1024).error.message, /4 MB/);
  const nested = parseId('/subscriptions/s/resourceGroups/g/providers/N.N/t/a/u/b') ?? assert.fail();
  assert.match(errors.resourceNotFound(nested).error.message, /^The Resource 'N\.N\/t\/a\/u\/b' under resource group 'g' was not found\./);
});
