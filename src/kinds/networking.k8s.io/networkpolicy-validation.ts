import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, required } from '../../kernel/field-error.ts';
import { cidr as cidrFaults } from '../../kube/names/ip.ts';
import { portName, portNumber } from '../../kube/names/values.ts';
import { isStrictSubnet } from '../core/address-range.ts';
import { type Faults, messages, oneOf, selectorFaults } from '../faults.ts';

// Models kubernetes pkg/apis/networking/validation ValidateNetworkPolicy.

function portFaults(path: string, { protocol, port, endPort }: NetworkPolicyPort, out: Faults): void {
  oneOf(`${path}.protocol`, protocol, ['TCP', 'UDP', 'SCTP'], false, out);
  if (port === undefined) {
    if (endPort !== undefined) out.push(invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is not specified'));
  } else if (typeof port === 'string') {
    if (endPort !== undefined) out.push(invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is non-numeric'));
    messages(`${path}.port`, port, portName(port), out);
  } else {
    messages(`${path}.port`, port, portNumber(port), out);
    if (endPort !== undefined) {
      // Upstream shows the port that it is compared with.
      if (endPort < port) out.push(invalid(`${path}.endPort`, port, 'must be greater than or equal to `port`'));
      messages(`${path}.endPort`, endPort, portNumber(endPort), out);
    }
  }
}

function blockFaults(path: string, { cidr, except = [] }: IPBlock, out: Faults): void {
  if (!cidr) return void out.push(required(`${path}.cidr`));
  const faults = cidrFaults(cidr, false);
  messages(`${path}.cidr`, cidr, faults, out);
  except.forEach((inner, i) => {
    const own = cidrFaults(inner, false);
    messages(`${path}.except[${i}]`, inner, own, out);
    if (faults.length === 0 && own.length === 0 && !isStrictSubnet(inner, cidr))
      out.push(invalid(`${path}.except[${i}]`, inner, 'must be a strict subset of `cidr`'));
  });
}

function peerFaults(path: string, { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, out: Faults): void {
  selectorFaults(`${path}.podSelector`, podSelector, out);
  selectorFaults(`${path}.namespaceSelector`, namespaceSelector, out);
  if (ipBlock) blockFaults(`${path}.ipBlock`, ipBlock, out);
  const selects = podSelector !== undefined || namespaceSelector !== undefined;
  if (!selects && !ipBlock) out.push(required(path, 'must specify a peer'));
  else if (selects && ipBlock) out.push(forbidden(path, 'may not specify both ipBlock and another peer'));
}

type Rule = { readonly ports?: readonly NetworkPolicyPort[]; readonly peers?: readonly NetworkPolicyPeer[] };

function ruleFaults(path: string, peerField: string, { ports = [], peers = [] }: Rule, out: Faults): void {
  ports.forEach((port, i) => {
    portFaults(`${path}.ports[${i}]`, port, out);
  });
  peers.forEach((peer, i) => {
    peerFaults(`${path}.${peerField}[${i}]`, peer, out);
  });
}

export function networkPolicyFaults({ spec }: NetworkPolicy): readonly FieldError[] {
  const out: FieldError[] = [];
  const { podSelector, ingress = [], egress = [], policyTypes = [] } = spec;
  selectorFaults('spec.podSelector', podSelector, out);
  ingress.forEach(({ ports, from }, i) => {
    ruleFaults(`spec.ingress[${i}]`, 'from', { ...(ports && { ports }), ...(from && { peers: from }) }, out);
  });
  egress.forEach(({ ports, to }, i) => {
    ruleFaults(`spec.egress[${i}]`, 'to', { ...(ports && { ports }), ...(to && { peers: to }) }, out);
  });
  if (policyTypes.length > 2) out.push(invalid('spec.policyTypes', policyTypes, 'may not specify more than two policyTypes'));
  policyTypes.forEach((type, i) => {
    oneOf(`spec.policyTypes[${i}]`, type, ['Ingress', 'Egress'], false, out);
  });
  return out;
}
