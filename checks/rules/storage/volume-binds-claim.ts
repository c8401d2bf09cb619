import { parseQuantity } from '../../../manifests/quantity';
import type { Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { selects } from '../../../manifests/selector';
import { knownIn } from '../../../world/known';
import type { Claim } from '../../../world/storage';
import {
  claimsOf,
  classOf,
  classOfVolume,
  isDefaultClass,
  isReservedFor,
  provisionerOf,
  storageClasses,
} from '../../../world/storage';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (size: string) => `
apiVersion: v1
kind: PersistentVolume
metadata: { name: uploads }
spec: { capacity: { storage: 5Gi }, accessModes: [ReadWriteMany], storageClassName: '', nfs: { server: 10.0.0.5, path: /uploads } }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: uploads, namespace: shop }
spec: { storageClassName: '', volumeName: uploads, accessModes: [ReadWriteMany], resources: { requests: { storage: ${size} } } }
`;

export default check({
  id: 'volume-binds-claim',
  group: 'storage',
  description: 'a claim for a PersistentVolume that somebody made can be bound to it',
  severity: 'will-break',
  needs: ['cluster', 'external'],
  source: 'pkg/controller/volume/persistentvolume/pv_controller.go',
  fix: 'give the claim the size, storageClassName, volumeMode and labels of the volume that it is for',
  example: {
    broken: manifests('10Gi'),
    fails: ['PersistentVolumeClaim/shop/uploads spec.resources.requests.storage'],
    fixed: manifests('5Gi'),
  },
  *judge(world) {
    const takenBy = new Map<string, Claim>();
    for (const claim of claimsOf(world)) {
      if (claim.resource.annotations['pv.kubernetes.io/bind-completed'] !== undefined) continue;
      const name = string(claim.spec['volumeName']);
      const finding = name ? judgeNamed(world, claim, name, takenBy) : judgeUnnamed(world, claim);
      if (finding) yield finding;
    }
  },
});

const SIZE = ['resources', 'requests', 'storage'];
const PENDING = 'the claim is not bound and its pods stay Pending';

/** A claim that names its volume gets that one or none. */
function judgeNamed(world: World, claim: Claim, name: string, takenBy: Map<string, Claim>): Finding | undefined {
  const found = world.find('PersistentVolume', '', name);
  if (found.is !== 'present') return undefined;
  const volume = found.resource;
  const { resource, path } = claim;
  if (isReservedFor(volume, claim)) return undefined; // It is bound without a look at either.
  const at = { resource, path: [...path, 'volumeName'], value: name };
  const reserved = record(volume.at(['spec', 'claimRef']));
  if (reserved)
    return {
      ...at,
      message: `PersistentVolume ${name} is reserved for claim ${String(reserved['namespace'])}/${String(reserved['name'])} (claimRef), so ${PENDING}`,
    };
  const misfit = misfitOf(world, volume, claim);
  if (misfit)
    return {
      resource,
      ...misfit,
      message: `PersistentVolume ${name} ${misfit.message}${misfit.verdict ? '' : `, so ${PENDING}`}`,
    };
  const other = takenBy.get(name);
  takenBy.set(name, other ?? claim);
  if (!other) return undefined;
  return {
    ...at,
    message: `${world.idOf(other.resource)} names PersistentVolume ${name} too, and a volume is bound to one claim: the other one and its pods stay Pending`,
    fix: 'make a volume for each claim, or use one claim in both places',
  };
}

/** A claim of a class for which nobody makes volumes: only one that is there already can be bound. */
function judgeUnnamed(world: World, claim: Claim): Finding | undefined {
  const { resource, className } = claim;
  if (className === undefined || resource.kind !== 'PersistentVolumeClaim') return undefined;
  const isStatic = isWithoutProvisioner(world, className);
  if (isStatic === false) return undefined;
  const volumes = knownIn(world, 'PersistentVolume', '').filter((volume) => classOfVolume(volume) === className);
  const misfits = volumes.map((volume) => ({
    volume,
    misfit: misfitOf(world, volume, claim) ?? reservedMisfit(volume, claim),
  }));
  const [first] = misfits;
  // That there is none of the class is for storageclass-exists to report.
  if (!first?.misfit || misfits.some(({ misfit }) => misfit === undefined)) return undefined;
  const many = volumes.length === 1 ? '' : `none of the ${volumes.length} volumes of its class fits: `;
  const message = `${many}PersistentVolume ${first.volume.name} ${first.misfit.message}`;
  const at = { resource, path: first.misfit.path, value: first.misfit.value };
  if (isStatic === undefined)
    return {
      ...at,
      verdict: 'unknown',
      settledBy: 'cluster',
      message: `${message}; whether the cluster has a StorageClass ${className} that makes another one is not known`,
    };
  if (!world.isComplete('', 'PersistentVolume'))
    return {
      ...at,
      verdict: 'unknown',
      settledBy: 'external',
      message: `${message}; whether the cluster has another volume that fits is not known`,
    };
  return { ...at, message: `${message}, so ${PENDING}` };
}

/** Whether volumes of a class are only those that somebody made; undefined where the class is not known. */
function isWithoutProvisioner(world: World, className: string): boolean | undefined {
  if (className === '') return true;
  const storageClass = storageClasses(world).get(className);
  if (storageClass) return provisionerOf(storageClass) === 'kubernetes.io/no-provisioner';
  return world.find('StorageClass', '', className).is === 'absent' ? true : undefined;
}

interface Misfit {
  readonly path: Path;
  readonly value: unknown;
  /** What follows the name of the volume. */
  readonly message: string;
  readonly verdict?: 'unknown';
  readonly settledBy?: 'cluster';
}

/** Why a volume that is reserved for nobody cannot be bound to a claim. Of one that is named, access-mode-supported reports the modes. */
function misfitOf(world: World, volume: Resource, claim: Claim): Misfit | undefined {
  const { path, spec } = claim;
  const [asked, size] = [
    record(record(spec['resources'])?.['requests'])?.['storage'],
    volume.at(['spec', 'capacity', 'storage']),
  ];
  const [least, has] = [parseQuantity(asked), parseQuantity(size)];
  if (least !== undefined && has !== undefined && has < least)
    return {
      path: [...path, ...SIZE],
      value: asked,
      message: `has ${String(size)}, and the claim asks for ${String(asked)}`,
    };
  const [mode, ofVolume] = [
    string(spec['volumeMode']) ?? 'Filesystem',
    string(volume.at(['spec', 'volumeMode'])) ?? 'Filesystem',
  ];
  if (mode !== ofVolume)
    return {
      path: [...path, ...(spec['volumeMode'] === undefined ? [] : ['volumeMode'])],
      value: spec['volumeMode'],
      message: `has volumeMode ${ofVolume}, and the claim asks for ${mode}`,
    };
  if (!string(spec['volumeName'])) return modesMisfit(volume, claim) ?? selectorMisfit(volume, claim);
  return classMisfit(world, volume, claim);
}

function modesMisfit(volume: Resource, { path, modes }: Claim): Misfit | undefined {
  const has = list(volume.at(['spec', 'accessModes']));
  const lacks = modes.filter((mode) => !has.includes(mode));
  return lacks.length === 0
    ? undefined
    : { path: [...path, 'accessModes'], value: modes, message: `does not support ${lacks.join(', ')}` };
}

function selectorMisfit(volume: Resource, { path, spec }: Claim): Misfit | undefined {
  const selector = record(spec['selector']);
  return selector === undefined || selects(selector, volume.labels)
    ? undefined
    : { path: [...path, 'selector'], value: selector, message: 'does not have the labels that the claim selects' };
}

function reservedMisfit(volume: Resource, claim: Claim): Misfit | undefined {
  const reserved = record(volume.at(['spec', 'claimRef']));
  return !reserved || isReservedFor(volume, claim)
    ? undefined
    : {
        path: claim.path,
        value: claim.spec,
        message: `is reserved for claim ${String(reserved['namespace'])}/${String(reserved['name'])} (claimRef)`,
      };
}

function classMisfit(world: World, volume: Resource, claim: Claim): Misfit | undefined {
  const ofVolume = classOfVolume(volume);
  const named = `has ${ofVolume === '' ? 'no class' : `storageClassName ${ofVolume}`}`;
  const at = { path: claim.classPath, value: claim.className };
  if (claim.className !== undefined)
    return claim.className === ofVolume
      ? undefined
      : {
          ...at,
          message: `${named}, and the claim asks for ${claim.className === '' ? 'a volume without a class' : claim.className}`,
        };
  // The server fills in the default class, if there is one.
  const classes = [...storageClasses(world).values()];
  if (world.isComplete('', 'StorageClass')) {
    const given = classOf(world, claim)?.name ?? (classes.some(isDefaultClass) ? undefined : '');
    if (given === undefined || given === ofVolume) return undefined;
    return {
      ...at,
      message: `${named}, and the claim gets ${given === '' ? 'none, as the cluster has no default' : `the default class ${given}`}`,
    };
  }
  return {
    ...at,
    verdict: 'unknown',
    settledBy: 'cluster',
    message: `${named}, and the claim names none: it is bound only if the cluster's default StorageClass is ${ofVolume === '' ? 'none' : ofVolume}`,
  };
}
