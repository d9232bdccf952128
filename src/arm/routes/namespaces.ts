/**
 * Namespaces of Azure that exist although no type of theirs is built: clients register them before they use them, and azurerm v4 warns
 * of each of its default registrations that is missing from the list, where it compares by case. Source: terraform-provider-azurerm,
 * "core" and "legacy" sets, and what AKS add-ons and extensions register.
 */
export const FURTHER_NAMESPACES: readonly string[] = [
  'microsoft.insights',
  ...`
AlertsManagement ApiManagement App AppConfiguration AppPlatform Attestation Automation AVS Blueprint BotService Cache Cdn Chaos
CognitiveServices ContainerInstance CostManagement CustomProviders Dashboard DataFactory DataLakeAnalytics DataLakeStore DataMigration
DataProtection Databricks DBforMariaDB DBforMySQL DBforPostgreSQL DesktopVirtualization DevTestLab Devices DocumentDB EventGrid EventHub
ExtendedLocation Features GuestConfiguration HDInsight HealthcareApis KeyVault Kubernetes KubernetesConfiguration Kusto Logic
MachineLearningServices Maintenance ManagedServices Management Maps MarketplaceOrdering Media MixedReality Monitor NotificationHubs
OperationalInsights OperationsManagement PolicyInsights PowerBIDedicated Quota RecoveryServices Relay Search Security SecurityInsights
ServiceBus ServiceFabric ServiceFabricMesh ServiceLinker ServiceNetworking SignalRService Sql Storage StorageCache StreamAnalytics
TimeSeriesInsights Web`
    .trim()
    .split(/\s+/)
    .map((name) => `Microsoft.${name}`),
];
