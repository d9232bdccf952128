import { LOCATIONS } from '../../arm/locations.ts';
import type { Route } from '../../arm/resource-type.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { usagesOf } from './quota.ts';
import { VM_SIZES, type VmSize } from './vm-sizes.ts';

const SUB = '/subscriptions/{subscription}/providers/Microsoft.Compute';

/** SKUs, sizes and quota usage of Microsoft.Compute. */
export const computeRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${SUB}/skus`,
    permission: 'Microsoft.Compute/skus/read',
    run({ query }) {
      const location = /location\s+eq\s+'([^']*)'/i.exec(query.get('$filter') ?? '')?.[1]?.toLowerCase();
      const regions = LOCATIONS.filter(({ name }) => !location || name === location);
      return {
        status: 200,
        body: { value: regions.flatMap((region) => VM_SIZES.map((size) => skuBody(size, region.name, region.zones))) },
      };
    },
  },
  {
    method: 'GET',
    path: `${SUB}/locations/{location}/vmSizes`,
    permission: 'Microsoft.Compute/locations/vmSizes/read',
    run: () => ({
      status: 200,
      body: {
        value: VM_SIZES.map((size) => ({
          name: size.name,
          numberOfCores: size.vcpus,
          osDiskSizeInMB: 1_047_552,
          resourceDiskSizeInMB: size.tempDiskGb * 1024,
          memoryInMB: size.memoryGb * 1024,
          maxDataDiskCount: size.maxDataDisks,
        })),
      },
    }),
  },
  {
    method: 'GET',
    path: `${SUB}/locations/{location}/usages`,
    permission: 'Microsoft.Compute/locations/usages/read',
    run: ({ reader, parameters: { subscription = '', location = '' } }) => ({
      status: 200,
      body: {
        value: usagesOf(reader, subscription, location.toLowerCase()).map(({ name, localName, current, limit }) => ({
          unit: 'Count',
          currentValue: current,
          limit,
          name: { value: name, localizedValue: localName },
        })),
      },
    }),
  },
];

function skuBody(size: VmSize, location: string, zonal: boolean): JsonObject {
  const capabilities: { [name: string]: string } = {
    vCPUs: String(size.vcpus),
    vCPUsAvailable: String(size.vcpus),
    MemoryGB: String(size.memoryGb),
    MaxDataDiskCount: String(size.maxDataDisks),
    MaxResourceVolumeMB: String(size.tempDiskGb * 1024),
    CachedDiskBytes: String(size.cacheGb * 1024 ** 3),
    MaxNetworkInterfaces: String(size.maxNetworkInterfaces),
    AcceleratedNetworkingEnabled: size.acceleratedNetworking ? 'True' : 'False',
    EphemeralOSDiskSupported: size.cacheGb > 0 || size.tempDiskGb > 0 ? 'True' : 'False',
    PremiumIO: size.premiumStorage ? 'True' : 'False',
    CpuArchitectureType: size.architecture === 'arm64' ? 'Arm64' : 'x64',
    ...(size.gpus > 0 && { GPUs: String(size.gpus) }),
  };
  return {
    resourceType: 'virtualMachines',
    name: size.name,
    tier: 'Standard',
    size: size.name.slice('Standard_'.length),
    family: size.family,
    locations: [location],
    locationInfo: [{ location, zones: zonal ? ['1', '2', '3'] : [], zoneDetails: [] }],
    capabilities: Object.entries(capabilities).map(([name, value]) => ({ name, value })),
    restrictions: [],
  };
}
