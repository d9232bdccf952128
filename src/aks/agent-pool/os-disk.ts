import type { VmSize } from '../../azure/compute/vm-sizes.ts';
import { type FieldError, invalid } from '../../kernel/field-error.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { textAt } from '../managed-cluster/given.ts';

/** The disk that nodes start from. Facts: aks-facts §1.3. */

/** Size of a managed disk by vCPUs, as the service picks it (P10, P15, P20, P30). */
const managedGb = (vcpus: number): number => (vcpus < 8 ? 128 : vcpus < 16 ? 256 : vcpus < 64 ? 512 : 1024);

/** What a machine has itself, where an ephemeral disk finds room: its cache or its temporary disk. */
const localGb = (size: VmSize): number => Math.max(size.cacheGb, size.tempDiskGb);

/** Ephemeral where the machine has more room than is asked for, of all the room that there is; else managed. 0 asks for nothing. */
export function diskDefaults(asked: JsonObject, size: VmSize | undefined): { osDiskType: string; osDiskSizeGB: Json } {
  const usual = managedGb(size?.vcpus ?? 2);
  const local = size ? localGb(size) : 0;
  const wanted = asked['osDiskSizeGB'] || usual;
  const osDiskType = textAt(asked, 'osDiskType') || (local > Number(wanted) ? 'Ephemeral' : 'Managed');
  return { osDiskType, osDiskSizeGB: asked['osDiskSizeGB'] || (osDiskType === 'Ephemeral' && local) || usual };
}

const GB = 2 ** 30;

/** An ephemeral disk that the machine has no room for. */
export function diskFaults(properties: JsonObject, size: VmSize | undefined): FieldError[] {
  const wanted = Number(properties['osDiskSizeGB']);
  if (!size || textAt(properties, 'osDiskType') !== 'Ephemeral' || wanted <= localGb(size)) return [];
  const detail = `The virtual machine size ${size.name} has a cache size of ${localGb(size) * GB} bytes, but the OS disk requires ${wanted * GB} bytes. Use a VM size with larger cache or disable ephemeral OS.`;
  return [{ ...invalid('agentPoolProfile.osDiskType', 'Ephemeral', detail), code: 'VMCacheSizeTooSmall' }];
}
