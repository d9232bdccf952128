import { vmSize } from '../../azure/compute/vm-sizes.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { textAt } from '../managed-cluster/given.ts';
import { minorOf } from '../versions.ts';

/** Newest Linux node image (AKS release v20260717). */
const LINUX_IMAGE = '202607.09.0';

/** What runs on a pool's nodes. Source: aks-facts-nodes §3.6. */
export interface NodeSystem {
  /** As Kubernetes names it. */
  readonly architecture: 'amd64' | 'arm64';
  readonly osSkuEffective: string;
  readonly imageVersion: string;
  readonly osImage: string;
  readonly kernelVersion: string;
  readonly containerRuntimeVersion: string;
}

/**
 * The system of a pool by its osSKU and version: "Ubuntu" means 22.04 up to 1.34 and 24.04 from 1.35 on, and 22.04 where cryptography
 * is to be by FIPS. Images are named after the architecture and what is special about them.
 */
export function systemOf(pool: JsonObject, version: string): NodeSystem {
  const sku = textAt(pool, 'osSKU');
  const isFips = pool['enableFIPS'] === true;
  const architecture = vmSize(textAt(pool, 'vmSize'))?.architecture === 'arm64' ? 'arm64' : 'amd64';
  const variant = `gen2${architecture === 'arm64' ? 'arm64' : ''}${isFips ? 'fips' : ''}`;
  if (sku.startsWith('AzureLinux') || sku === 'CBLMariner')
    return {
      architecture,
      osSkuEffective: 'AzureLinux3',
      imageVersion: `AKSAzureLinux-V3${variant}-${LINUX_IMAGE}`,
      osImage: 'Microsoft Azure Linux 3.0',
      kernelVersion: '6.6.96.2-2.azl3',
      containerRuntimeVersion: 'containerd://2.0.0',
    };
  const jammy = sku === 'Ubuntu2204' || (sku !== 'Ubuntu2404' && (isFips || minorOf(version) <= 34));
  return jammy
    ? {
        architecture,
        osSkuEffective: 'Ubuntu2204',
        imageVersion: `AKSUbuntu-2204${variant}containerd-${LINUX_IMAGE}`,
        osImage: 'Ubuntu 22.04.5 LTS',
        kernelVersion: '5.15.0-1102-azure',
        containerRuntimeVersion: 'containerd://1.7.31-1',
      }
    : {
        architecture,
        osSkuEffective: 'Ubuntu2404',
        imageVersion: `AKSUbuntu-2404${variant}containerd-${LINUX_IMAGE}`,
        osImage: 'Ubuntu 24.04.3 LTS',
        kernelVersion: '6.8.0-1031-azure',
        containerRuntimeVersion: 'containerd://2.1.6-1',
      };
}
