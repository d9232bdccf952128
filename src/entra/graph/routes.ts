import type { JsonObject } from '../../kernel/json.ts';
import { tenantOf } from '../directory.ts';
import * as applications from './applications.ts';
import { notFound } from './errors.ts';
import { type Answer, type Exchange, listAnswer, texts } from './exchange.ts';
import * as groups from './groups.ts';
import { renderDirectoryObject } from './render.ts';
import * as servicePrincipals from './service-principals.ts';
import * as users from './users.ts';

export type Route = (exchange: Exchange) => Answer;

/** Most ids in one getByIds, as Graph allows. */
const MAX_IDS = 1_000;

/** Several objects of any kind at once; ids that do not exist are left out. */
function getByIds(exchange: Exchange): Answer {
  const { ports, body, base } = exchange;
  const types = texts(body, 'types').map((type) => `#microsoft.graph.${type}`.toLowerCase());
  const value = texts(body, 'ids')
    .slice(0, MAX_IDS)
    .map((id) => renderDirectoryObject(ports.world.reader, id))
    .filter((object): object is JsonObject => object !== undefined)
    .filter(
      (object) =>
        types.length === 0 ||
        types.includes('#microsoft.graph.directoryobject') ||
        types.includes(String(object['@odata.type']).toLowerCase()),
    );
  return { status: 200, body: { '@odata.context': `${base}/$metadata#directoryObjects`, value } };
}

function getDirectoryObject({ ports, parameters, base }: Exchange): Answer {
  const [id = ''] = parameters;
  const object = renderDirectoryObject(ports.world.reader, id);
  if (!object) throw notFound(id);
  return { status: 200, body: { '@odata.context': `${base}/$metadata#directoryObjects/$entity`, ...object } };
}

function organization(exchange: Exchange): Answer {
  const { id, displayName, defaultDomain } = tenantOf(exchange.ports.world.reader);
  const verifiedDomains = [
    { capabilities: 'Email, OfficeCommunicationsOnline', isDefault: true, isInitial: true, name: defaultDomain, type: 'Managed' },
  ];
  return listAnswer(exchange, 'organization', [{ id, displayName, tenantType: 'AAD', verifiedDomains }]);
}

/** Membership questions are the same for every kind of principal. */
const membership = (kind: string): { readonly [methodAndPath: string]: Route } => ({
  [`GET ${kind}/{}/memberof`]: groups.memberOf,
  [`GET ${kind}/{}/transitivememberof`]: groups.transitiveMemberOf,
  [`POST ${kind}/{}/getmembergroups`]: groups.memberGroupIds,
  [`POST ${kind}/{}/getmemberobjects`]: groups.memberGroupIds,
  [`POST ${kind}/{}/checkmembergroups`]: groups.checkMemberGroups,
});

/** Routes by method and lower-case path below the version; `{}` is one segment. */
export const ROUTES: { readonly [methodAndPath: string]: Route } = {
  'GET me': users.me,
  'GET users': users.listUsers,
  'POST users': users.createUser,
  'GET users/{}': users.getUser,
  'PATCH users/{}': users.updateUser,
  'DELETE users/{}': users.deleteUser,
  'GET groups': groups.listGroups,
  'POST groups': groups.createGroup,
  'GET groups/{}': groups.getGroup,
  'PATCH groups/{}': groups.updateGroup,
  'DELETE groups/{}': groups.deleteGroup,
  'GET groups/{}/members': groups.listMembers,
  'GET groups/{}/transitivemembers': groups.listTransitiveMembers,
  'GET groups/{}/owners': groups.listOwners,
  'POST groups/{}/members/$ref': groups.addMember,
  'DELETE groups/{}/members/{}/$ref': groups.removeMember,
  'GET applications': applications.listApplications,
  'POST applications': applications.createApplication,
  'GET applications/{}': applications.getApplication,
  'PATCH applications/{}': applications.updateApplication,
  'DELETE applications/{}': applications.deleteApplication,
  'POST applications/{}/addpassword': applications.addPassword,
  'POST applications/{}/removepassword': applications.removePassword,
  'GET applications/{}/federatedidentitycredentials': applications.listFederated,
  'POST applications/{}/federatedidentitycredentials': applications.createFederated,
  'DELETE applications/{}/federatedidentitycredentials/{}': applications.deleteFederated,
  'GET serviceprincipals': servicePrincipals.listServicePrincipals,
  'POST serviceprincipals': servicePrincipals.createServicePrincipal,
  'GET serviceprincipals/{}': servicePrincipals.getServicePrincipal,
  'PATCH serviceprincipals/{}': servicePrincipals.updateServicePrincipal,
  'DELETE serviceprincipals/{}': servicePrincipals.deleteServicePrincipal,
  'POST serviceprincipals/{}/addpassword': servicePrincipals.addServicePrincipalPassword,
  'GET directoryobjects/{}': getDirectoryObject,
  'POST directoryobjects/getbyids': getByIds,
  'GET organization': organization,
  ...membership('users'),
  ...membership('groups'),
  ...membership('serviceprincipals'),
  ...membership('directoryobjects'),
};
