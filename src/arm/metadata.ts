import type { HttpRequest } from '../kernel/http.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Answer } from './respond.ts';

/**
 * The cloud's description. Through the proxy or with taken-over names a client is to see the public cloud's own names; at an
 * explicit endpoint it is to stay there, with the authority below `/adfs` so that MSAL does no instance discovery (azure-contract §1.2).
 */
export function cloudMetadata(request: HttpRequest): JsonObject {
  const here = request.via === 'endpoint';
  const origin = request.origin;
  return {
    name: 'AzureCloud',
    portal: here ? `${origin}/` : 'https://portal.azure.com',
    authentication: {
      loginEndpoint: here ? `${origin}/adfs` : 'https://login.microsoftonline.com/',
      audiences: ['https://management.core.windows.net/', 'https://management.azure.com/', ...(here ? [`${origin}/`] : [])],
      tenant: 'common',
      identityProvider: 'AAD',
    },
    resourceManager: here ? `${origin}/` : 'https://management.azure.com/',
    microsoftGraphResourceId: here ? `${origin}/` : 'https://graph.microsoft.com/',
    graph: here ? `${origin}/` : 'https://graph.windows.net/',
    graphAudience: here ? `${origin}/` : 'https://graph.windows.net/',
    media: 'https://rest.media.azure.net',
    batch: 'https://batch.core.windows.net/',
    gallery: 'https://gallery.azure.com/',
    sqlManagement: 'https://management.core.windows.net:8443/',
    vmImageAliasDoc: 'https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json',
    activeDirectoryDataLake: 'https://datalake.azure.net/',
    appInsightsResourceId: 'https://api.applicationinsights.io',
    appInsightsTelemetryChannelResourceId: 'https://dc.applicationinsights.azure.com/v2/track',
    attestationResourceId: 'https://attest.azure.net',
    synapseAnalyticsResourceId: 'https://dev.azuresynapse.net',
    logAnalyticsResourceId: 'https://api.loganalytics.io',
    ossrDbmsResourceId: 'https://ossrdbms-aad.database.windows.net',
    suffixes: {
      acrLoginServer: 'azurecr.io',
      keyVaultDns: 'vault.azure.net',
      storage: 'core.windows.net',
      mhsmDns: 'managedhsm.azure.net',
      sqlServerHostname: 'database.windows.net',
      mysqlServerEndpoint: 'mysql.database.azure.com',
      postgresqlServerEndpoint: 'postgres.database.azure.com',
      mariadbServerEndpoint: 'mariadb.database.azure.com',
      storageSyncEndpointSuffix: 'afs.azure.net',
      synapseAnalytics: 'dev.azuresynapse.net',
      attestationEndpoint: 'attest.azure.net',
      azureFrontDoorEndpointSuffix: 'azurefd.net',
      azureDataLakeStoreFileSystem: 'azuredatalakestore.net',
      azureDataLakeAnalyticsCatalogAndJob: 'azuredatalakeanalytics.net',
    },
  };
}

/** `GET /metadata/endpoints`, without authentication. 2019-05-01 alone answers an array; 2015-01-01 has its own, flat shape. */
export function metadataAnswer(request: HttpRequest, query: URLSearchParams): Answer {
  const cloud = cloudMetadata(request);
  const version = query.get('api-version');
  if (version === '2019-05-01') return { status: 200, body: [cloud] };
  if (version !== '2015-01-01') return { status: 200, body: cloud };
  const { gallery = '', graph = '', portal = '', authentication = {} } = cloud;
  return { status: 200, body: { galleryEndpoint: gallery, graphEndpoint: graph, portalEndpoint: portal, authentication } };
}
