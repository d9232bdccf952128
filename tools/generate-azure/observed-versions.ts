/**
 * api-versions that clients were recorded sending (azure-contract §2.1, §3: az 2.45, 2.74, 2.91; azurerm 3.117 to 5.2; SDKs), by
 * namespace. Each SDK package names only the newest one of its own.
 */
export const OBSERVED_VERSIONS: { readonly [namespace: string]: readonly string[] } = {
  'Microsoft.Authorization': ['2018-07-01', '2020-10-01', '2022-04-01', '2022-05-01-preview'],
  'Microsoft.Compute': ['2022-03-01', '2023-09-01', '2024-03-01', '2024-07-01', '2024-11-01'],
  'Microsoft.ContainerRegistry': ['2022-02-01-preview', '2023-07-01', '2025-11-01', '2026-01-01-preview'],
  'Microsoft.ContainerService': [
    '2019-04-01',
    '2019-08-01',
    '2022-06-01',
    '2022-11-01',
    '2023-01-01',
    '2023-09-02-preview',
    '2024-05-01',
    '2025-02-01',
    '2025-03-01',
    '2025-07-01',
    '2025-10-01',
    '2026-03-02-preview',
    '2026-04-01',
  ],
  'Microsoft.ManagedIdentity': ['2018-11-30', '2022-01-31-preview', '2023-01-31', '2024-11-30', '2025-01-31-preview', '2025-05-31-preview'],
  'Microsoft.Network': ['2018-09-01', '2022-01-01', '2023-11-01', '2024-06-01', '2024-07-01', '2025-01-01', '2025-07-01', '2025-09-01'],
  'Microsoft.Resources': ['2019-11-01', '2021-04-01', '2022-09-01', '2022-12-01', '2023-07-01', '2024-11-01', '2025-04-01'],
};
