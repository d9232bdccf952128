import { objectAt, objectsAt, textAt } from '../../arm/merge.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import type { Reference, ResourceType } from '../../arm/resource-type.ts';
import { link } from '../network/parts.ts';

export const INSTANCE_TYPE = 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines';

/** An instance of a uniform scale set, named by its number. Clients read it; its scale set makes and removes it. */
export const scaleSetInstance: ResourceType = {
  name: INSTANCE_TYPE,
  location: 'optional',
  without: ['PUT', 'PATCH', 'DELETE'],
  references,
  render: ({ powerState: _internal, ...properties }, resource) => ({ ...properties, instanceView: instanceView(resource) }),
  actions: [
    {
      method: 'GET',
      path: 'instanceView',
      permission: `${INSTANCE_TYPE}/instanceView/read`,
      run: ({ resource }) => ({ status: 200, body: instanceView(resource) }),
    },
  ],
};

/** Subnets and security groups that its interfaces stand in, which therefore can't be deleted. */
function references(draft: Draft): readonly Reference[] {
  return objectsAt(objectAt(draft.properties, 'networkProfileConfiguration'), 'networkInterfaceConfigurations').flatMap((card) => {
    const properties = objectAt(card, 'properties');
    return [
      ...link(draft, properties, 'networkSecurityGroup', 'properties'),
      ...objectsAt(properties, 'ipConfigurations').flatMap((entry) => link(draft, objectAt(entry, 'properties'), 'subnet', 'properties')),
    ];
  });
}

/** Status as Compute shows it. */
export function instanceView(resource: Resource) {
  const power = textAt(resource.observed, 'powerState') || 'running';
  return {
    computerName: textAt(objectAt(resource.desired, 'osProfile'), 'computerName'),
    statuses: [
      {
        code: 'ProvisioningState/succeeded',
        level: 'Info',
        displayStatus: 'Provisioning succeeded',
        time: textAt(resource.observed, 'timeCreated'),
      },
      { code: `PowerState/${power}`, level: 'Info', displayStatus: `VM ${power}` },
    ],
  };
}
