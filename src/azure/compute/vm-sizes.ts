/** A virtual machine size of Azure. Sizes are named as clients write them, with "Standard_". */
export interface VmSize {
  readonly name: string;
  /** Quota family: `standardBSFamily`. */
  readonly family: string;
  readonly vcpus: number;
  readonly memoryGb: number;
  readonly maxDataDisks: number;
  readonly maxNetworkInterfaces: number;
  readonly acceleratedNetworking: boolean;
  readonly tempDiskGb: number;
  readonly cacheGb: number;
  /** Linux, pay as you go, eastus2, US dollars per hour. */
  readonly pricePerHour: number;
  readonly gpus: number;
  readonly architecture: 'x64' | 'arm64';
  /** Sizes with an "s" take premium disks. */
  readonly premiumStorage: boolean;
}

// Sources: cluster-autoscaler azure_instance_types.go (vCPU, memory, family), azuredisk-csi (data disks), karpenter-provider-azure (price),
// Azure's size pages (the rest). Columns: size|family|vCPU|GiB|data disks|NICs|accelerated|temp GiB|cache GiB|$/h|GPUs|architecture
const TABLE = `
B2s|standardBSFamily|2|4|4|3|n|8|30|0.0416|0|x64
B2ms|standardBSFamily|2|8|4|3|n|16|30|0.0832|0|x64
B4ms|standardBSFamily|4|16|8|4|n|32|45|0.166|0|x64
B8ms|standardBSFamily|8|32|16|4|n|64|50|0.333|0|x64
B2s_v2|standardBsv2Family|2|8|4|2|y|0|0|0.0832|0|x64
B4s_v2|standardBsv2Family|4|16|8|2|y|0|0|0.166|0|x64
B2as_v2|standardBasv2Family|2|8|4|2|y|0|0|0.0752|0|x64
B4as_v2|standardBasv2Family|4|16|8|2|y|0|0|0.15|0|x64
DS1_v2|standardDSv2Family|1|3.5|4|2|n|7|43|0.057|0|x64
DS2_v2|standardDSv2Family|2|7|8|2|y|14|86|0.114|0|x64
DS3_v2|standardDSv2Family|4|14|16|4|y|28|172|0.229|0|x64
DS4_v2|standardDSv2Family|8|28|32|8|y|56|344|0.458|0|x64
DS5_v2|standardDSv2Family|16|56|64|8|y|112|688|0.916|0|x64
DS11_v2|standardDSv2Family|2|14|8|2|y|28|72|0.149|0|x64
DS12_v2|standardDSv2Family|4|28|16|4|y|56|144|0.299|0|x64
D2s_v3|standardDSv3Family|2|8|4|2|y|16|50|0.096|0|x64
D4s_v3|standardDSv3Family|4|16|8|2|y|32|100|0.192|0|x64
D8s_v3|standardDSv3Family|8|32|16|4|y|64|200|0.384|0|x64
D16s_v3|standardDSv3Family|16|64|32|8|y|128|400|0.768|0|x64
D32s_v3|standardDSv3Family|32|128|32|8|y|256|800|1.536|0|x64
D2s_v4|standardDSv4Family|2|8|4|2|y|0|0|0.096|0|x64
D4s_v4|standardDSv4Family|4|16|8|2|y|0|0|0.192|0|x64
D8s_v4|standardDSv4Family|8|32|16|4|y|0|0|0.384|0|x64
D2ds_v4|standardDDSv4Family|2|8|4|2|y|75|50|0.113|0|x64
D4ds_v4|standardDDSv4Family|4|16|8|2|y|150|100|0.226|0|x64
D8ds_v4|standardDDSv4Family|8|32|16|4|y|300|200|0.452|0|x64
D2as_v4|standardDASv4Family|2|8|4|2|y|16|50|0.096|0|x64
D4as_v4|standardDASv4Family|4|16|8|2|y|32|100|0.192|0|x64
D8as_v4|standardDASv4Family|8|32|16|4|y|64|200|0.384|0|x64
D2s_v5|standardDSv5Family|2|8|4|2|y|0|0|0.096|0|x64
D4s_v5|standardDSv5Family|4|16|8|2|y|0|0|0.192|0|x64
D8s_v5|standardDSv5Family|8|32|16|4|y|0|0|0.384|0|x64
D16s_v5|standardDSv5Family|16|64|32|8|y|0|0|0.768|0|x64
D32s_v5|standardDSv5Family|32|128|32|8|y|0|0|1.536|0|x64
D64s_v5|standardDSv5Family|64|256|32|8|y|0|0|3.072|0|x64
D2d_v5|standardDDv5Family|2|8|4|2|y|75|0|0.113|0|x64
D4d_v5|standardDDv5Family|4|16|8|2|y|150|0|0.226|0|x64
D2ds_v5|standardDDSv5Family|2|8|4|2|y|75|50|0.113|0|x64
D4ds_v5|standardDDSv5Family|4|16|8|2|y|150|100|0.226|0|x64
D8ds_v5|standardDDSv5Family|8|32|16|4|y|300|200|0.452|0|x64
D16ds_v5|standardDDSv5Family|16|64|32|8|y|600|400|0.904|0|x64
D32ds_v5|standardDDSv5Family|32|128|32|8|y|1200|800|1.808|0|x64
D2as_v5|standardDASv5Family|2|8|4|2|y|0|0|0.086|0|x64
D4as_v5|standardDASv5Family|4|16|8|2|y|0|0|0.172|0|x64
D8as_v5|standardDASv5Family|8|32|16|4|y|0|0|0.344|0|x64
D16as_v5|standardDASv5Family|16|64|32|8|y|0|0|0.688|0|x64
D2ads_v5|standardDADSv5Family|2|8|4|2|y|75|50|0.103|0|x64
D4ads_v5|standardDADSv5Family|4|16|8|2|y|150|100|0.206|0|x64
D8ads_v5|standardDADSv5Family|8|32|16|4|y|300|200|0.412|0|x64
D16ads_v5|standardDADSv5Family|16|64|32|8|y|600|400|0.824|0|x64
D2ps_v5|standardDPSv5Family|2|8|4|2|y|0|0|0.077|0|arm64
D4ps_v5|standardDPSv5Family|4|16|8|2|y|0|0|0.154|0|arm64
D2pds_v5|standardDPDSv5Family|2|8|4|2|y|75|50|0.0904|0|arm64
D4pds_v5|standardDPDSv5Family|4|16|8|2|y|150|100|0.181|0|arm64
D8pds_v5|standardDPDSv5Family|8|32|16|4|y|300|200|0.362|0|arm64
D2s_v6|StandardDsv6Family|2|8|8|2|y|0|0|0.101|0|x64
D4s_v6|StandardDsv6Family|4|16|12|2|y|0|0|0.202|0|x64
D8s_v6|StandardDsv6Family|8|32|24|4|y|0|0|0.403|0|x64
D2ds_v6|StandardDdsv6Family|2|8|8|2|y|110|0|0.125|0|x64
D4ds_v6|StandardDdsv6Family|4|16|12|2|y|220|0|0.249|0|x64
D8ds_v6|StandardDdsv6Family|8|32|24|4|y|440|0|0.498|0|x64
D2as_v6|standardDav6Family|2|8|4|2|y|0|0|0.0908|0|x64
D4as_v6|standardDav6Family|4|16|8|2|y|0|0|0.182|0|x64
D4ads_v6|standardDadv6Family|4|16|8|2|y|220|0|0.228|0|x64
D8ads_v6|standardDadv6Family|8|32|16|4|y|440|0|0.456|0|x64
D4pds_v6|StandardDpdsv6Family|4|16|12|2|y|220|0|0.184|0|arm64
E2s_v3|standardESv3Family|2|16|4|2|y|32|50|0.133|0|x64
E4s_v3|standardESv3Family|4|32|8|2|y|64|100|0.266|0|x64
E8s_v3|standardESv3Family|8|64|16|4|y|128|200|0.532|0|x64
E2s_v5|standardESv5Family|2|16|4|2|y|0|0|0.126|0|x64
E4s_v5|standardESv5Family|4|32|8|2|y|0|0|0.252|0|x64
E8s_v5|standardESv5Family|8|64|16|4|y|0|0|0.504|0|x64
E16s_v5|standardESv5Family|16|128|32|8|y|0|0|1.008|0|x64
E4ds_v5|standardEDSv5Family|4|32|8|2|y|150|100|0.288|0|x64
E8ds_v5|standardEDSv5Family|8|64|16|4|y|300|200|0.576|0|x64
E16ds_v5|standardEDSv5Family|16|128|32|8|y|600|400|1.152|0|x64
E4as_v5|standardEASv5Family|4|32|8|2|y|0|0|0.226|0|x64
E8as_v5|standardEASv5Family|8|64|16|4|y|0|0|0.452|0|x64
E4ads_v5|standardEADSv5Family|4|32|8|2|y|150|100|0.262|0|x64
F2s_v2|standardFSv2Family|2|4|4|2|y|16|32|0.0846|0|x64
F4s_v2|standardFSv2Family|4|8|8|2|y|32|64|0.169|0|x64
F8s_v2|standardFSv2Family|8|16|16|4|y|64|128|0.338|0|x64
F16s_v2|standardFSv2Family|16|32|32|4|y|128|256|0.677|0|x64
F32s_v2|standardFSv2Family|32|64|32|8|y|256|512|1.353|0|x64
L8s_v3|standardLSv3Family|8|64|16|4|y|80|0|0.698|0|x64
L16s_v3|standardLSv3Family|16|128|32|8|y|160|0|1.396|0|x64
NC4as_T4_v3|Standard NCASv3_T4 Family|4|28|8|2|y|180|0|0.526|1|x64
NC8as_T4_v3|Standard NCASv3_T4 Family|8|56|16|4|y|360|0|0.752|1|x64
NC16as_T4_v3|Standard NCASv3_T4 Family|16|110|32|8|y|360|0|1.204|1|x64
NC6s_v3|standardNCSv3Family|6|112|12|4|n|736|0|3.06|1|x64
NC24ads_A100_v4|StandardNCADSA100v4Family|24|220|8|2|y|64|0|3.673|1|x64
NV6ads_A10_v5|StandardNVADSA10v5Family|6|55|4|2|y|180|0|0.454|1|x64
NV36ads_A10_v5|StandardNVADSA10v5Family|36|440|32|4|y|720|0|3.2|1|x64
DC2s_v3|standardDCSv3Family|2|16|8|2|y|0|0|0.192|0|x64
DC4as_v5|standardDCASv5Family|4|16|8|2|y|0|0|0.172|0|x64
EC4as_v5|standardECASv5Family|4|32|8|2|y|0|0|0.226|0|x64`;

export const VM_SIZES: readonly VmSize[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [size = '', family = '', ...rest] = line.split('|');
    const [vcpus, memoryGb, maxDataDisks, maxNetworkInterfaces, accelerated, tempDiskGb, cacheGb, pricePerHour, gpus, architecture] = rest;
    return {
      name: `Standard_${size}`,
      family,
      vcpus: Number(vcpus),
      memoryGb: Number(memoryGb),
      maxDataDisks: Number(maxDataDisks),
      maxNetworkInterfaces: Number(maxNetworkInterfaces),
      acceleratedNetworking: accelerated === 'y',
      tempDiskGb: Number(tempDiskGb),
      cacheGb: Number(cacheGb),
      pricePerHour: Number(pricePerHour),
      gpus: Number(gpus),
      architecture: architecture === 'arm64' ? 'arm64' : 'x64',
      premiumStorage: /^[A-Z]+\d+[a-z]*s/.test(size),
    };
  });

const byName = new Map(VM_SIZES.map((size) => [size.name.toLowerCase(), size]));

/** The size with this name, in any casing. */
export const vmSize = (name: string): VmSize | undefined => byName.get(name.toLowerCase());
