import { roleAssignment } from './authorization/role-assignment.ts';
import { roleDefinition } from './authorization/role-definition.ts';
import { resourceGroup, subscription } from './resource-group.ts';
import type { Directory, ResourceType } from './resource-type.ts';

/** The types that Azure Resource Manager itself owns. */
export const armTypes = (directory: Directory): readonly ResourceType[] => [
  subscription,
  resourceGroup,
  roleDefinition,
  roleAssignment(directory),
];
