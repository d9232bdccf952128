import { listChildren } from '../../arm/estate.ts';
import { parseId } from '../../arm/ids.ts';
import { zonesOf } from '../../arm/locations.ts';
import { objectAt, textAt } from '../../arm/merge.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import type { ResourceType, WriteContext } from '../../arm/resource-type.ts';
import { type FieldError, invalid, required } from '../../kernel/field-error.ts';
import { equal } from '../../kernel/json.ts';
import { networkReferences } from './network-profile.ts';
import { coresInUse, quotaExceeded } from './quota.ts';
import { INSTANCE_TYPE, outdate, syncInstances } from './scale-set-instances.ts';
import { vmSize } from './vm-sizes.ts';

export const SCALE_SET_TYPE = 'Microsoft.Compute/virtualMachineScaleSets';
const MAX_CAPACITY = 1_000;
const PROFILE = 'properties.virtualMachineProfile';

export const virtualMachineScaleSet: ResourceType = {
  name: SCALE_SET_TYPE,
  nameRule: { pattern: /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?$/, detail: 'The name can be up to 64 characters long.' },
  identity: true,
  etag: 'etag',
  completion: 'clock',
  durations: { createMs: 60_000, updateMs: 30_000, deleteMs: 60_000 },
  put: 'preserve',
  patch: 'merge',
  readOnly: ['uniqueId', 'timeCreated'],
  writeOnly: ['virtualMachineProfile.osProfile.adminPassword', 'virtualMachineProfile.osProfile.customData'],
  immutable: ['zones', 'properties.orchestrationMode', 'properties.singlePlacementGroup'],
  defaults,
  validate,
  references: ({ properties }) => networkReferences(profileOf(properties), `${PROFILE}.networkProfile`),
  admit,
  computed: (_draft, { random, nowMs }, previous) =>
    previous?.observed ?? { uniqueId: random.uuid(), timeCreated: new Date(nowMs).toISOString(), nextInstance: 0 },
  render({ nextInstance: _internal, ...shown }) {
    return shown;
  },
  written(tx, resource, previous) {
    if (previous && textAt(objectAt(resource.desired, 'upgradePolicy'), 'mode') !== 'Automatic' && isOtherModel(resource, previous))
      outdate(tx, resource.id);
    syncInstances(tx, resource);
  },
  actions: [
    {
      method: 'GET',
      path: 'instanceView',
      permission: `${SCALE_SET_TYPE}/instanceView/read`,
      run: ({ resource, reader }) => ({ status: 200, body: instanceView(listChildren(reader, INSTANCE_TYPE, resource.id)) }),
    },
    {
      method: 'GET',
      path: 'skus',
      permission: `${SCALE_SET_TYPE}/skus/read`,
      run: ({ resource: { sku = {} } }) => ({
        status: 200,
        body: {
          value: [
            {
              resourceType: SCALE_SET_TYPE,
              sku,
              capacity: { minimum: 0, maximum: MAX_CAPACITY, defaultCapacity: sku.capacity ?? 0, scaleType: 'Automatic' },
            },
          ],
        },
      }),
    },
  ],
};

const isOtherModel = (now: Resource, before: Resource): boolean =>
  now.sku?.name !== before.sku?.name ||
  !equal(now.desired['virtualMachineProfile'] ?? null, before.desired['virtualMachineProfile'] ?? null);

const profileOf = (properties: Draft['properties']) => objectAt(objectAt(properties, 'virtualMachineProfile'), 'networkProfile');

function defaults(draft: Draft): Draft {
  const { sku = {}, properties } = draft;
  return {
    ...draft,
    sku: { tier: 'Standard', capacity: 0, ...sku, ...(vmSize(sku.name ?? '') && { name: vmSize(sku.name ?? '')?.name ?? '' }) },
    properties: {
      orchestrationMode: 'Uniform',
      overprovision: true,
      doNotRunExtensionsOnOverprovisionedVMs: false,
      platformFaultDomainCount: draft.zones?.length ? 1 : 5,
      singlePlacementGroup: true,
      upgradePolicy: { mode: 'Manual' },
      ...properties,
    },
  };
}

function validate({ sku = {}, zones = [], location = '', properties }: Draft): FieldError[] {
  const errors: FieldError[] = [];
  if (!sku.name) errors.push(required('sku.name'));
  else if (!vmSize(sku.name)) {
    const detail = `The value ${sku.name} provided for the VM size is not valid. The valid sizes in the current region are those that 'az vm list-skus' shows.`;
    errors.push({ ...invalid('sku.name', sku.name, detail), code: 'InvalidParameter' });
  }
  const capacity = sku.capacity ?? 0;
  if (!Number.isInteger(capacity) || capacity < 0 || capacity > MAX_CAPACITY)
    errors.push(invalid('sku.capacity', capacity, `must be between 0 and ${MAX_CAPACITY}`));
  const foreign = zones.filter((zone) => !zonesOf(location).includes(zone));
  if (foreign.length > 0) {
    const detail = `The zone(s) '${foreign.join(',')}' for resource is not supported. The supported zones for location '${location}' are '${zonesOf(location).join(',')}'`;
    errors.push({ ...invalid('zones', foreign[0], detail), code: 'AvailabilityZoneNotSupported' });
  }
  if (objectAt(properties, 'virtualMachineProfile')['networkProfile'] === undefined) errors.push(required(`${PROFILE}.networkProfile`));
  return errors;
}

function admit(draft: Draft, { reader }: WriteContext, previous: Resource | undefined): FieldError[] {
  const size = vmSize(draft.sku?.name ?? '');
  const [before, now] = [previous?.sku?.capacity ?? 0, draft.sku?.capacity ?? 0];
  if (!size || now <= before) return [];
  const location = draft.location ?? '';
  const used = coresInUse(reader, parseId(draft.id)?.subscription ?? '', location, draft.id);
  const detail = quotaExceeded(used, size.family, now * size.vcpus, location);
  return detail ? [{ ...invalid('sku.capacity', now, detail), code: 'OperationNotAllowed' }] : [];
}

function instanceView(instances: readonly Resource[]) {
  const counts = new Map<string, number>();
  for (const { provisioningState, observed } of instances)
    for (const code of [`ProvisioningState/${provisioningState.toLowerCase()}`, `PowerState/${textAt(observed, 'powerState')}`])
      counts.set(code, (counts.get(code) ?? 0) + 1);
  return { virtualMachine: { statusesSummary: [...counts].map(([code, count]) => ({ code, count })) }, extensions: [], statuses: [] };
}
