import { notFound } from '../../arm/errors.ts';
import { parseId } from '../../arm/ids.ts';
import { type Action, type ActionContext, type ActionResult, Refusal } from '../../arm/resource-type.ts';
import { clusterRecord } from '../../kube/clusters.ts';
import type { AksPorts } from '../ports.ts';
import { given, objectAt, textAt } from './given.ts';
import { kubeconfig } from './kubeconfig.ts';

const PERMISSION = 'Microsoft.ContainerService/managedClusters';
/** AKS's client certificates live for two years. */
const CERTIFICATE_DAYS = 730;

/** The credential operations of a cluster: user, admin and monitoring kubeconfigs, and the legacy access profiles. */
export const credentialActions = (ports: AksPorts): readonly Action[] => [
  credentialAction(ports, 'listClusterUserCredential', 'clusterUser'),
  credentialAction(ports, 'listClusterAdminCredential', 'clusterAdmin'),
  credentialAction(ports, 'listClusterMonitoringUserCredential', 'clusterMonitoringUser'),
  accessProfile(ports),
];

const ROLES = ['clusterUser', 'clusterAdmin', 'clusterMonitoringUser'] as const;
type Role = (typeof ROLES)[number];

const credentialAction = (ports: AksPorts, path: string, role: Role): Action => ({
  method: 'POST',
  path,
  permission: `${PERMISSION}/${path}/action`,
  run: (context): ActionResult => ({
    status: 200,
    body: { kubeconfigs: [{ name: role, value: kubeconfigFor(ports, role, context) }] },
  }),
});

/** The same by the name of a role, as SDKs' `GetAccessProfile` asks for it. */
const accessProfile = (ports: AksPorts): Action => ({
  method: 'POST',
  path: 'accessProfiles/{role}/listCredential',
  permission: `${PERMISSION}/accessProfiles/listCredential/action`,
  run(context): ActionResult {
    const { resource, parameters } = context;
    const role = ROLES.find((name) => name.toLowerCase() === parameters['role']?.toLowerCase());
    if (!role) throw notFound(`Managed cluster ${resource.name} has no access profile ${parameters['role']}.`);
    return {
      status: 200,
      body: {
        id: `${resource.id}/accessProfiles/${role}`,
        name: role,
        type: `${PERMISSION}/AccessProfiles`,
        location: resource.location ?? '',
        properties: { kubeConfig: kubeconfigFor(ports, role, context) },
      },
    };
  },
});

/** A kubeconfig in base64. */
function kubeconfigFor(ports: AksPorts, role: Role, { resource, reader, via }: ActionContext): string {
  const aad = given(resource.desired['aadProfile']);
  const record = clusterRecord(reader, textAt(resource.observed, 'resourceUID'));
  if (!record?.caCertificate)
    throw new Refusal(409, {
      code: 'OperationNotAllowed',
      message: `Managed cluster ${resource.name} is in provisioning state ${resource.provisioningState}: its credentials are not available yet.`,
    });
  const isStatic = !aad || role === 'clusterAdmin';
  if (isStatic && resource.desired['disableLocalAccounts'] === true)
    throw new Refusal(400, {
      code: 'BadRequest',
      message:
        'Getting static credential is not allowed because this cluster is set to disable local accounts. For more information see https://aka.ms/aks/disable-local-accounts.',
    });
  const user = `${role}_${parseId(resource.id)?.resourceGroup}_${resource.name}`;
  const config = kubeconfig({
    cluster: resource.name,
    user,
    ...ports.endpoint(record.fqdn, via),
    caCertificate: record.caCertificate,
    credential: isStatic ? certificate(ports, record.scope, role) : { exec: execOf(ports, objectAt(resource.desired, 'aadProfile'), via) },
  });
  return Buffer.from(config).toString('base64');
}

function execOf(ports: AksPorts, aad: Parameters<typeof textAt>[0], via: ActionContext['via']) {
  const authorityHost = ports.authorityHost(via);
  return { tenantId: textAt(aad, 'tenantID') || ports.arm().tenantId, ...(authorityHost && { authorityHost }) };
}

/** Without Entra, user and admin are the same cluster administrator; the monitoring user may only look. */
function certificate(ports: AksPorts, scope: string, role: Role) {
  const user =
    role === 'clusterMonitoringUser' ? { name: 'clusterMonitoringUser', groups: [] } : { name: 'masterclient', groups: ['system:masters'] };
  const { certificatePem, privateKeyPem } = ports.issueClient(scope, user, CERTIFICATE_DAYS);
  return { clientCertificate: certificatePem, clientKey: privateKeyPem };
}
