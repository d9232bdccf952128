/** What goes into a kubeconfig of a cluster without Entra integration. PEM texts. */
export interface KubeconfigInput {
  readonly cluster: string;
  readonly user: string;
  /** "https://<fqdn>:443". */
  readonly server: string;
  /** Through which the server is reached; absent when names resolve to us. */
  readonly proxyUrl?: string;
  /** Name in the server's certificate when the URL names an address. */
  readonly tlsServerName?: string;
  readonly caCertificate: string;
  readonly credential:
    | { readonly clientCertificate: string; readonly clientKey: string }
    | { readonly exec: { readonly tenantId: string; readonly authorityHost?: string } };
}

/** Server application that AKS's API servers are in Entra, and the client application that kubectl logs in with. */
const AKS_SERVER_ID = '6dae42f8-4368-4678-94ff-3960e28e3630';
const AKS_CLIENT_ID = '80faf920-1908-4b52-b5ef-a8e7bedfc67a';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A name as YAML: quoted where a reader would take it for a number, a truth or nothing ("123", "1e3", "on", "null"). */
const scalar = (name: string): string =>
  /^(?:[-+.]?\d|\.|e[-+]?\d|~$|(?:y|n|yes|no|on|off|true|false|null)$)/i.test(name) ? `"${name}"` : name;

/** kubeconfig as listClusterUserCredential and listClusterAdminCredential return it: JSON is YAML too, but people read this one. */
export function kubeconfig(input: KubeconfigInput): string {
  const { server, proxyUrl, tlsServerName, caCertificate, credential } = input;
  const cluster = scalar(input.cluster);
  const user = scalar(input.user);
  return [
    'apiVersion: v1',
    'clusters:',
    '- cluster:',
    `    certificate-authority-data: ${base64(caCertificate)}`,
    ...(proxyUrl ? [`    proxy-url: ${proxyUrl}`] : []),
    `    server: ${server}`,
    ...(tlsServerName ? [`    tls-server-name: ${tlsServerName}`] : []),
    `  name: ${cluster}`,
    'contexts:',
    '- context:',
    `    cluster: ${cluster}`,
    `    user: ${user}`,
    `  name: ${cluster}`,
    `current-context: ${cluster}`,
    'kind: Config',
    'preferences: {}',
    'users:',
    `- name: ${user}`,
    '  user:',
    ...('exec' in credential ? execUser(credential.exec) : certificateUser(credential)),
    '',
  ].join('\n');
}

const certificateUser = (credential: { readonly clientCertificate: string; readonly clientKey: string }): string[] => [
  `    client-certificate-data: ${base64(credential.clientCertificate)}`,
  `    client-key-data: ${base64(credential.clientKey)}`,
];

const execUser = ({ tenantId, authorityHost }: { readonly tenantId: string; readonly authorityHost?: string }): string[] => [
  '    exec:',
  '      apiVersion: client.authentication.k8s.io/v1beta1',
  '      args:',
  ...[
    'get-token',
    '--environment',
    'AzurePublicCloud',
    '--server-id',
    AKS_SERVER_ID,
    '--client-id',
    AKS_CLIENT_ID,
    '--tenant-id',
    tenantId,
    '--login',
    'devicecode',
    ...(authorityHost ? ['--authority-host', authorityHost, '--disable-instance-discovery'] : []),
  ].map((argument) => `      - ${argument}`),
  '      command: kubelogin',
  '      env: null',
  '      installHint: |2',
  '        kubelogin is not installed which is required to connect to AAD enabled cluster.',
  '        To learn more, please go to https://aka.ms/aks/kubelogin',
  '      provideClusterInfo: false',
];
