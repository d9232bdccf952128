/** One container of a workload that AKS runs in kube-system. */
export interface SystemContainer {
  readonly name: string;
  readonly image: string;
  readonly requests: { readonly cpu: string; readonly memory?: string };
  readonly limits?: { readonly cpu?: string; readonly memory?: string };
  readonly ports?: readonly { readonly containerPort: number; readonly protocol?: string; readonly name?: string }[];
}

export interface SystemWorkload {
  readonly name: string;
  readonly kind: 'Deployment' | 'DaemonSet';
  readonly replicas?: number;
  readonly labels: { readonly [name: string]: string };
  readonly serviceAccount?: string;
  readonly hostNetwork?: boolean;
  readonly containers: readonly SystemContainer[];
}

const image = (path: string): string => `mcr.microsoft.com/${path}`;

/** What every cluster with Azure CNI Overlay runs, with the requests of a captured cluster (aks-facts-nodes §3.5). */
export const systemWorkloads: readonly SystemWorkload[] = [
  daemon(
    'azure-cns',
    { 'k8s-app': 'azure-cns' },
    [
      {
        name: 'cns-container',
        image: image('containernetworking/azure-cns:v1.7.5'),
        requests: { cpu: '40m', memory: '250Mi' },
        limits: { cpu: '40m', memory: '250Mi' },
      },
    ],
    'azure-cns',
  ),
  daemon('azure-ip-masq-agent', { 'k8s-app': 'azure-ip-masq-agent', tier: 'node' }, [
    {
      name: 'azure-ip-masq-agent',
      image: image('aks/ip-masq-agent-v2:v0.1.15-2'),
      requests: { cpu: '100m', memory: '50Mi' },
      limits: { cpu: '500m', memory: '250Mi' },
    },
  ]),
  daemon(
    'cloud-node-manager',
    { 'k8s-app': 'cloud-node-manager' },
    [
      {
        name: 'cloud-node-manager',
        image: image('oss/v2/kubernetes/azure-cloud-node-manager:v1.34.2'),
        requests: { cpu: '50m', memory: '50Mi' },
        limits: { memory: '512Mi' },
      },
    ],
    'cloud-node-manager',
  ),
  daemon(
    'csi-azuredisk-node',
    { app: 'csi-azuredisk-node' },
    [
      {
        name: 'liveness-probe',
        image: image('oss/v2/kubernetes-csi/livenessprobe:v2.16.0'),
        requests: { cpu: '10m', memory: '20Mi' },
        limits: { memory: '100Mi' },
      },
      {
        name: 'node-driver-registrar',
        image: image('oss/v2/kubernetes-csi/csi-node-driver-registrar:v2.14.0'),
        requests: { cpu: '10m', memory: '20Mi' },
        limits: { memory: '100Mi' },
      },
      {
        name: 'azuredisk',
        image: image('oss/v2/kubernetes-csi/azuredisk-csi:v1.33.5'),
        requests: { cpu: '10m', memory: '20Mi' },
        limits: { memory: '1000Mi' },
      },
    ],
    'csi-azuredisk-node-sa',
  ),
  daemon(
    'csi-azurefile-node',
    { app: 'csi-azurefile-node' },
    [
      {
        name: 'liveness-probe',
        image: image('oss/v2/kubernetes-csi/livenessprobe:v2.16.0'),
        requests: { cpu: '10m', memory: '20Mi' },
        limits: { memory: '100Mi' },
      },
      {
        name: 'node-driver-registrar',
        image: image('oss/v2/kubernetes-csi/csi-node-driver-registrar:v2.14.0'),
        requests: { cpu: '10m', memory: '20Mi' },
        limits: { memory: '100Mi' },
      },
      {
        name: 'azurefile',
        image: image('oss/v2/kubernetes-csi/azurefile-csi:v1.34.2'),
        requests: { cpu: '10m', memory: '20Mi' },
        limits: { memory: '600Mi' },
      },
    ],
    'csi-azurefile-node-sa',
  ),
  daemon('kube-proxy', { component: 'kube-proxy', tier: 'node' }, [
    { name: 'kube-proxy', image: image('oss/v2/kubernetes/kube-proxy:v1.35.6'), requests: { cpu: '100m' } },
  ]),
  deploy(
    'coredns',
    2,
    { 'k8s-app': 'kube-dns', 'kubernetes.io/cluster-service': 'true', version: 'v20' },
    [
      {
        name: 'coredns',
        image: image('oss/v2/kubernetes/coredns:v1.13.1'),
        requests: { cpu: '100m', memory: '70Mi' },
        limits: { cpu: '3', memory: '500Mi' },
        ports: [
          { containerPort: 53, name: 'dns', protocol: 'UDP' },
          { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' },
          { containerPort: 9153, name: 'metrics', protocol: 'TCP' },
        ],
      },
    ],
    'coredns',
  ),
  deploy(
    'coredns-autoscaler',
    1,
    { 'k8s-app': 'coredns-autoscaler' },
    [
      {
        name: 'autoscaler',
        image: image('oss/v2/kubernetes/autoscaler/cluster-proportional-autoscaler:v1.9.0'),
        requests: { cpu: '20m', memory: '10Mi' },
        limits: { cpu: '200m', memory: '500Mi' },
      },
    ],
    'coredns-autoscaler',
  ),
  deploy(
    'konnectivity-agent',
    2,
    { app: 'konnectivity-agent' },
    [
      {
        name: 'konnectivity-agent',
        image: image('oss/v2/kubernetes/apiserver-network-proxy/agent:v0.33.0'),
        requests: { cpu: '20m', memory: '20Mi' },
        limits: { cpu: '1', memory: '1Gi' },
      },
    ],
    'konnectivity-agent',
  ),
  deploy(
    'konnectivity-agent-autoscaler',
    1,
    { 'k8s-app': 'konnectivity-agent-autoscaler' },
    [
      {
        name: 'autoscaler',
        image: image('oss/v2/kubernetes/autoscaler/cluster-proportional-autoscaler:v1.9.0'),
        requests: { cpu: '20m', memory: '10Mi' },
        limits: { cpu: '200m', memory: '500Mi' },
      },
    ],
    'konnectivity-agent-autoscaler',
  ),
  deploy(
    'metrics-server',
    2,
    { 'k8s-app': 'metrics-server' },
    [
      {
        name: 'metrics-server-vpa',
        image: image('oss/v2/kubernetes/autoscaler/addon-resizer:v1.8.23'),
        requests: { cpu: '5m', memory: '30Mi' },
        limits: { cpu: '100m', memory: '300Mi' },
      },
      {
        name: 'metrics-server',
        image: image('oss/v2/kubernetes/metrics-server:v0.8.0'),
        requests: { cpu: '151m', memory: '108Mi' },
        limits: { cpu: '251m', memory: '408Mi' },
        ports: [{ containerPort: 4443, name: 'https', protocol: 'TCP' }],
      },
    ],
    'metrics-server',
  ),
];

function daemon(
  name: string,
  labels: SystemWorkload['labels'],
  containers: readonly SystemContainer[],
  serviceAccount?: string,
): SystemWorkload {
  return { name, kind: 'DaemonSet', labels, containers, hostNetwork: true, ...(serviceAccount && { serviceAccount }) };
}

function deploy(
  name: string,
  replicas: number,
  labels: SystemWorkload['labels'],
  containers: readonly SystemContainer[],
  serviceAccount: string,
): SystemWorkload {
  return { name, kind: 'Deployment', replicas, labels, containers, serviceAccount };
}
