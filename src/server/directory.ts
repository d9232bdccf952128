import type { Directory } from '../arm/resource-type.ts';
import { groupsOf, kindOf } from '../entra/directory.ts';
import { addManagedIdentity, removeManagedIdentity } from '../entra/principals.ts';

/** Entra's directory as ARM sees it. */
export const directory: Directory = { addManagedIdentity, removeManagedIdentity, groupsOf, kindOf };
