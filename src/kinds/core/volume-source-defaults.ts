import { fields } from '../defaulting.ts';

/** Volume sources that pods and persistent volumes share. Models kubernetes pkg/apis/core/v1/defaults.go. */
export const volumeSourceDefaults = {
  hostPath: fields({ type: '' }),
  iscsi: fields({ iscsiInterface: 'default' }),
  rbd: fields({ pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }),
  azureDisk: fields({ cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false }),
  scaleIO: fields({ storageMode: 'ThinProvisioned', fsType: 'xfs' }),
};
