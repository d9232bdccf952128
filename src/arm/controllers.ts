import type { Controller } from '../kernel/controller.ts';
import { operationsController } from './operations.ts';
import { resourceGroupDeletion } from './resource-group.ts';
import type { Arm } from './resource-type.ts';

/** The controllers of Azure Resource Manager itself. */
export const armControllers = (arm: Arm): readonly Controller[] => [operationsController(arm), resourceGroupDeletion(arm)];
