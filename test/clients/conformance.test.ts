import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { targets } from './clients.ts';
import { missing, Service } from './harness.ts';

const LIMIT_MS = 1_200_000;

interface Group {
  readonly files: string;
  readonly focus?: string;
  readonly skip?: string;
  /** Waits for minutes by design: for limits of time, or for history to be forgotten. */
  readonly isSlow?: boolean;
}

/**
 * Conformance tests that need nothing but the API server and, in a few, controllers over simulated pods, by the files of the suite
 * that hold them. Those of custom resources and webhooks, of containers and of the pods' network are left out.
 */
const GROUPS: Readonly<Record<string, Group>> = {
  machinery: {
    files: 'apimachinery/(aggregated_discovery|discovery|field_validation|flowcontrol|namespace|server_version|table_conversion|watch)',
    skip: 'CRD|a CR|webhook',
  },
  quotas: { files: 'apimachinery/resource_quota|scheduling/limit_range|instrumentation/' },
  access: {
    files:
      'auth/(certificates|service_accounts|subjectreviews)|common/node/(configmap|secrets|lease|podtemplates|runtimeclass)|dra/dra\\.go',
    skip: 'consumable|mount|OIDC|IssuerDiscovery',
  },
  objects: {
    files:
      'network/(endpoints|endpointslice|ingress|ingressclass|service_cidrs|apiserver)\\.go|' +
      'storage/(csi_node|csistoragecapacity|persistent_volumes|storageclass|volume_attachment|volumeattributesclass)\\.go|' +
      'apps/(controller_revision|disruption)\\.go',
    skip: 'multiple (ports|endpoint IPs) specified',
  },
  // Without what reads answers or files of containers, runs something in them, or is a script of more than a word.
  workloads: {
    files: 'apps/(replica_set|deployment|rc|daemon_set|job|statefulset)\\.go',
    skip:
      'serve a basic image|failure policy|backoffLimitPerIndex|FailIndex|succeeded(Count|Indexes)|' +
      'roll backs of template|predictable order|Burst scaling',
  },
  schedules: { files: 'apps/cronjob', isSlow: true },
  scheduling: { files: 'scheduling/(predicates|preemption)|node/taints', isSlow: true },
  pods: {
    files:
      'node/(node_lifecycle|pods)\\.go|common/node/(sysctl|init_container|kubelet|expansion)\\.go|storage/csi_inline|' +
      'network/(service|service_latency|endpointslicemirroring)\\.go',
    focus:
      'lifecycle|pod status|collection|Pod Generation|QOS|be updated|removed|host IP|invalid sysctls|API|all namespaces|mirror|' +
      'activeDeadline|InitContainer|always fails|latency|fail substituting|failing subpath',
  },
  collector: { files: 'apimachinery/garbage_collector' },
  kubectl: {
    files: 'kubectl/kubectl\\.go|architecture/',
    focus: 'versions|cluster-info|diff|dry-run|version|label|patch|replace|describe|run pod|Proxy|untainted',
  },
  chunks: { files: 'apimachinery/chunking', isSlow: true },
};

interface Spec {
  readonly ContainerHierarchyTexts: readonly string[] | null;
  readonly LeafNodeText: string;
  readonly LeafNodeType: string;
  readonly State: string;
  readonly Failure?: { readonly Message: string };
}

suite('conformance', { skip: missing('az', 'kubectl', 'conformance') }, () => {
  let service: Service;
  before(async () => {
    service = await Service.start();
    await service.createCluster('demo');
  });
  after(() => service?.stop());

  const withSlow = process.env['SLIPWAY_CONFORMANCE'] === 'slow';
  for (const [name, { files, focus, skip, isSlow = false }] of Object.entries(GROUPS)) {
    const skipped = isSlow && !withSlow && 'takes five to fifteen minutes: set SLIPWAY_CONFORMANCE=slow for it';
    test(name, { skip: skipped }, async (t) => {
      const report = join(service.folder, `${name}.json`);
      const args = ['--kubeconfig', service.env['KUBECONFIG'] ?? '', '--kubectl-path', targets.kubectl, '--provider', 'skeleton'];
      const own = ['--allowed-not-ready-nodes=-1', '--dump-logs-on-failure=false', '--ginkgo.no-color', `--ginkgo.json-report=${report}`];
      const choice = ['--ginkgo.label-filter=Conformance', `--ginkgo.focus-file=${files}`];
      if (focus) choice.push(`--ginkgo.focus=${focus}`);
      if (skip) choice.push(`--ginkgo.skip=${skip}`);
      const { stdout } = await service.attempt(targets.conformance, [...args, ...own, ...choice], { limitMs: LIMIT_MS });
      const [{ SpecReports: specs }] = JSON.parse(readFileSync(report, 'utf8')) as [{ SpecReports: Spec[] }];
      const ran = specs.filter(({ LeafNodeType, State }) => LeafNodeType === 'It' && State !== 'skipped');
      assert.ok(ran.length > 0, stdout.slice(-2000));
      for (const { ContainerHierarchyTexts, LeafNodeText, State, Failure } of ran) {
        await t.test([...(ContainerHierarchyTexts ?? []), LeafNodeText].join(' '), () => assert.equal(State, 'passed', Failure?.Message));
      }
    });
  }
});
