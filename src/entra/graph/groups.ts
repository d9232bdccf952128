import type { Entry } from '../../kernel/collection.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { directGroupsOf, GROUPS, type Group, groupsOf, principalBy, userBy } from '../directory.ts';
import { removePrincipal } from '../principals.ts';
import { badRequest, notFound } from './errors.ts';
import { type Answer, type Exchange, listAnswer, objectAnswer, optionalText, textField, texts, write } from './exchange.ts';
import { renderDirectoryObject, renderGroup } from './render.ts';

const CONTEXT = 'groups';

export const listGroups = (exchange: Exchange): Answer =>
  listAnswer(
    exchange,
    CONTEXT,
    exchange.ports.world.reader.list<Group>(GROUPS).map(({ value }) => renderGroup(value)),
  );

export const getGroup = (exchange: Exchange): Answer => objectAnswer(exchange, CONTEXT, renderGroup(find(exchange).value));

export function createGroup(exchange: Exchange): Answer {
  const { body } = exchange;
  const members = texts(body, 'members@odata.bind').map((link) => referenced(exchange, link));
  const group = write(exchange, (tx) => {
    const description = optionalText(body, 'description');
    const value: Group = {
      id: tx.random.uuid(),
      displayName: textField(body, 'displayName'),
      ...(description && { description }),
      mailNickname: textField(body, 'mailNickname'),
      securityEnabled: body.securityEnabled !== false,
      members,
      createdDateTime: tx.nowIso,
    };
    return tx.put(GROUPS, value.id, value).value;
  });
  return objectAnswer(exchange, CONTEXT, renderGroup(group), 201);
}

export function updateGroup(exchange: Exchange): Answer {
  const { key, value } = find(exchange);
  const { body } = exchange;
  const description = optionalText(body, 'description');
  const added = texts(body, 'members@odata.bind').map((link) => referenced(exchange, link));
  write(exchange, (tx) =>
    tx.put<Group>(GROUPS, key, {
      ...value,
      displayName: optionalText(body, 'displayName') ?? value.displayName,
      ...(description !== undefined && { description }),
      members: [...new Set([...value.members, ...added])],
    }),
  );
  return { status: 204 };
}

export function deleteGroup(exchange: Exchange): Answer {
  const { key } = find(exchange);
  write(exchange, (tx) => removePrincipal(tx, GROUPS, key));
  return { status: 204 };
}

export const listMembers = (exchange: Exchange): Answer => {
  const { key, value } = find(exchange);
  return listAnswer(exchange, `groups/${key}/members`, rendered(exchange, value.members));
};

/** Members of the group and of the groups in it. */
export function listTransitiveMembers(exchange: Exchange): Answer {
  const { reader } = exchange.ports.world;
  const { key } = find(exchange);
  const found = new Set<string>();
  const open = [key];
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const member of reader.get<Group>(GROUPS, id)?.value.members ?? [])
      if (!found.has(member)) {
        found.add(member);
        open.push(member);
      }
  return listAnswer(exchange, `groups/${key}/transitiveMembers`, rendered(exchange, [...found]));
}

/** Owners are not modelled: nobody but administrators may change groups. */
export const listOwners = (exchange: Exchange): Answer => listAnswer(exchange, `groups/${find(exchange).key}/owners`, []);

export function addMember(exchange: Exchange): Answer {
  const { key, value } = find(exchange);
  const member = referenced(exchange, textField(exchange.body, '@odata.id'));
  if (value.members.includes(member))
    throw badRequest("One or more added object references already exist for the following modified properties: 'members'.");
  write(exchange, (tx) => tx.put<Group>(GROUPS, key, { ...value, members: [...value.members, member] }));
  return { status: 204 };
}

export function removeMember(exchange: Exchange): Answer {
  const { key, value } = find(exchange);
  const member = exchange.parameters[1]?.toLowerCase() ?? '';
  if (!value.members.includes(member)) throw notFound(member);
  write(exchange, (tx) => tx.put<Group>(GROUPS, key, { ...value, members: value.members.filter((id) => id !== member) }));
  return { status: 204 };
}

/** Groups that a principal is in directly. */
export const memberOf = (exchange: Exchange): Answer => {
  const [id = ''] = exchange.parameters;
  const direct = directGroupsOf(exchange.ports.world.reader, existing(exchange, id)).map(({ key }) => key);
  return listAnswer(exchange, `directoryObjects/${id}/memberOf`, rendered(exchange, direct));
};

export const transitiveMemberOf = (exchange: Exchange): Answer => {
  const [id = ''] = exchange.parameters;
  const all = groupsOf(exchange.ports.world.reader, existing(exchange, id));
  return listAnswer(exchange, `directoryObjects/${id}/transitiveMemberOf`, rendered(exchange, all));
};

/** getMemberGroups, getMemberObjects: ids alone. */
export const memberGroupIds = (exchange: Exchange): Answer => {
  const [id = ''] = exchange.parameters;
  const value = groupsOf(exchange.ports.world.reader, existing(exchange, id));
  return { status: 200, body: { '@odata.context': `${exchange.base}/$metadata#Collection(Edm.String)`, value } };
};

/** checkMemberGroups: those of the groups asked about that the principal is in. */
export const checkMemberGroups = (exchange: Exchange): Answer => {
  const [id = ''] = exchange.parameters;
  const all = new Set(groupsOf(exchange.ports.world.reader, existing(exchange, id)));
  const value = texts(exchange.body, 'groupIds').filter((group) => all.has(group.toLowerCase()));
  return { status: 200, body: { '@odata.context': `${exchange.base}/$metadata#Collection(Edm.String)`, value } };
};

/** Object id of a principal; users go by their principal names too. */
function existing({ ports }: Exchange, id: string): string {
  const found = principalBy(ports.world.reader, id)?.value ?? userBy(ports.world.reader, id);
  if (!found) throw notFound(id);
  return found.id;
}

const rendered = ({ ports }: Exchange, ids: readonly string[]): JsonObject[] =>
  ids.map((id) => renderDirectoryObject(ports.world.reader, id)).filter((object) => object !== undefined);

function find({ ports, parameters }: Exchange): Entry<Group> {
  const id = parameters[0] ?? '';
  const group = ports.world.reader.get<Group>(GROUPS, id.toLowerCase());
  if (!group) throw notFound(id);
  return group;
}

/** Object id at the end of a reference like `https://graph.microsoft.com/v1.0/directoryObjects/{id}`. */
function referenced(exchange: Exchange, link: string): string {
  const id = link.slice(link.lastIndexOf('/') + 1).toLowerCase();
  return existing(exchange, id);
}
