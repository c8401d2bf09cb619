import type { NewPool } from '../simulate/upgrade/pools';
import { word } from './runbook';

/** Providers that upgrade the control plane themselves. */
export type Managed = 'eks' | 'gke' | 'aks';

/** What is called of a provider's program. */
interface ManagedCommands {
  /** The variables that the commands use. */
  readonly names: string;
  /** The label that has the name of a node's pool. */
  readonly label: string;
  readonly controlPlane: (version: string) => string;
  /** What the provider leaves to its users when the control plane is upgraded. */
  readonly afterControlPlane: (version: string) => readonly string[];
  /** As the provider allows names of pools. */
  readonly poolName: (name: string) => string;
  readonly createPool: (pool: NewPool, version: string) => string;
  readonly deletePool: (name: string) => string;
}

const pairs = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([key, value]) => `${key}=${value}`);

/** An option with a list, or nothing where it is empty. */
function listOption(option: string, values: readonly string[], separator: string): string {
  return values.length === 0
    ? ''
    : ` ${option} ${separator === ' ' ? values.map(quoted).join(' ') : quoted(values.join(separator))}`;
}

function quoted(text: string): string {
  return /^[\w./=:,-]+$/.test(text) ? text : word(text);
}

const EKS_EFFECTS: Readonly<Record<string, string>> = {
  NoSchedule: 'NO_SCHEDULE',
  NoExecute: 'NO_EXECUTE',
  PreferNoSchedule: 'PREFER_NO_SCHEDULE',
};

/** `key=value:NoSchedule` */
const taintText = ({ key, value, effect }: NewPool['taints'][number]) => `${key}=${value}:${effect}`;

export const MANAGED_COMMANDS: Readonly<Record<Managed, ManagedCommands>> = {
  eks: {
    names: '`CLUSTER`, and `NODE_ROLE`, `SUBNETS` and `INSTANCE_TYPE` of the old pool (`aws eks describe-nodegroup`),',
    label: 'eks.amazonaws.com/nodegroup',
    controlPlane: (version) =>
      `aws eks update-cluster-version --name "$CLUSTER" --kubernetes-version ${minorOnly(version)} && aws eks wait cluster-active --name "$CLUSTER"`,
    afterControlPlane: (version) =>
      ['vpc-cni', 'coredns', 'kube-proxy'].map((name) => {
        const asked = `aws eks describe-addon-versions --addon-name ${name} --kubernetes-version ${minorOnly(version)} --query 'addons[0].addonVersions[?compatibilities[0].defaultVersion].addonVersion | [0]' --output text`;
        return `aws eks update-addon --cluster-name "$CLUSTER" --addon-name ${name} --resolve-conflicts PRESERVE --addon-version "$(${asked})"`;
      }),
    poolName: (name) => name,
    createPool: ({ name, nodes, labels, taints }, version) =>
      `aws eks create-nodegroup --cluster-name "$CLUSTER" --nodegroup-name ${quoted(name)} --kubernetes-version ${minorOnly(version)} --node-role "$NODE_ROLE" --subnets $SUBNETS --instance-types "$INSTANCE_TYPE" --scaling-config minSize=${nodes.length},maxSize=${nodes.length},desiredSize=${nodes.length}${listOption('--labels', pairs(labels), ',')}${listOption(
        '--taints',
        taints.map(({ key, value, effect }) => `key=${key},value=${value},effect=${EKS_EFFECTS[effect] ?? effect}`),
        ' ',
      )} && aws eks wait nodegroup-active --cluster-name "$CLUSTER" --nodegroup-name ${quoted(name)}`,
    deletePool: (name) => `aws eks delete-nodegroup --cluster-name "$CLUSTER" --nodegroup-name ${quoted(name)}`,
  },
  gke: {
    names:
      '`CLUSTER`, `LOCATION`, and `NODES_PER_ZONE` and `MACHINE_TYPE` of the old pool (`gcloud container node-pools describe`)',
    label: 'cloud.google.com/gke-nodepool',
    controlPlane: (version) =>
      `gcloud container clusters upgrade "$CLUSTER" --location "$LOCATION" --master --cluster-version ${version}`,
    afterControlPlane: () => [],
    poolName: (name) => name,
    createPool: ({ name, labels, taints }, version) =>
      `gcloud container node-pools create ${quoted(name)} --cluster "$CLUSTER" --location "$LOCATION" --node-version ${version} --machine-type "$MACHINE_TYPE" --num-nodes "$NODES_PER_ZONE"${listOption('--node-labels', pairs(labels), ',')}${listOption('--node-taints', taints.map(taintText), ',')}`,
    deletePool: (name) =>
      `gcloud container node-pools delete ${quoted(name)} --cluster "$CLUSTER" --location "$LOCATION"`,
  },
  aks: {
    names: '`CLUSTER`, `RESOURCE_GROUP`, and `VM_SIZE` of the old pool (`az aks nodepool show`)',
    label: 'kubernetes.azure.com/agentpool',
    controlPlane: (version) =>
      `az aks upgrade --resource-group "$RESOURCE_GROUP" --name "$CLUSTER" --control-plane-only --kubernetes-version ${version}`,
    afterControlPlane: () => [],
    // Small letters and digits, twelve at the most.
    poolName: (name) => {
      const [, base = name, minor = ''] = /^(.*?)-1-(\d+)$/.exec(name) ?? [];
      return `${base
        .toLowerCase()
        .replace(/[^a-z0-9]/g, '')
        .replace(/1[34]\d$/, '')
        .slice(0, 9)}1${minor}`;
    },
    createPool: ({ name, nodes, labels, taints }, version) =>
      `az aks nodepool add --resource-group "$RESOURCE_GROUP" --cluster-name "$CLUSTER" --name ${quoted(name)} --kubernetes-version ${version} --node-vm-size "$VM_SIZE" --node-count ${nodes.length}${listOption('--labels', pairs(labels), ' ')}${listOption('--node-taints', taints.map(taintText), ',')}`,
    deletePool: (name) =>
      `az aks nodepool delete --resource-group "$RESOURCE_GROUP" --cluster-name "$CLUSTER" --name ${quoted(name)}`,
  },
};

/** EKS knows minor versions alone. */
function minorOnly(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
