/** One Azure region: name, display name, geography, whether it has three availability zones, its pair, latitude and longitude. */
export interface Location {
  readonly name: string;
  readonly displayName: string;
  readonly geography: string;
  readonly geographyGroup: string;
  readonly zones: boolean;
  readonly pair: string;
  readonly category: 'Recommended' | 'Other';
  readonly latitude: string;
  readonly longitude: string;
  readonly physicalLocation: string;
}

// Source: Microsoft Learn, "List of Azure regions" (public cloud): name|display|geography|group|zones|pair|category|latitude|longitude|place
const TABLE = `
eastus|East US|United States|US|z|westus|r|37.3719|-79.8164|Virginia
eastus2|East US 2|United States|US|z|centralus|r|36.6681|-78.3889|Virginia
southcentralus|South Central US|United States|US|z|northcentralus|r|29.4167|-98.5|Texas
westus2|West US 2|United States|US|z|westcentralus|r|47.233|-119.852|Washington
westus3|West US 3|United States|US|z|eastus|r|33.448376|-112.074036|Phoenix
centralus|Central US|United States|US|z|eastus2|r|41.5908|-93.6208|Iowa
westus|West US|United States|US||eastus|o|37.783|-122.417|California
northcentralus|North Central US|United States|US||southcentralus|o|41.8819|-87.6278|Illinois
westcentralus|West Central US|United States|US||westus2|o|40.89|-110.234|Wyoming
canadacentral|Canada Central|Canada|Canada|z|canadaeast|r|43.653|-79.383|Toronto
canadaeast|Canada East|Canada|Canada||canadacentral|o|46.817|-71.217|Quebec
mexicocentral|Mexico Central|Mexico|Mexico|z||r|20.588818|-100.389888|Querétaro State
brazilsouth|Brazil South|Brazil|South America|z|southcentralus|r|-23.55|-46.633|Sao Paulo State
brazilsoutheast|Brazil Southeast|Brazil|South America||brazilsouth|o|-22.90278|-43.2075|Rio
chilecentral|Chile Central|Chile|South America|z||r|-33.447487|-70.673676|Santiago
northeurope|North Europe|Europe|Europe|z|westeurope|r|53.3478|-6.2597|Ireland
westeurope|West Europe|Europe|Europe|z|northeurope|r|52.3667|4.9|Netherlands
uksouth|UK South|United Kingdom|UK|z|ukwest|r|50.941|-0.799|London
ukwest|UK West|United Kingdom|UK||uksouth|o|53.427|-3.084|Cardiff
francecentral|France Central|France|Europe|z|francesouth|r|46.3772|2.373|Paris
francesouth|France South|France|Europe||francecentral|o|43.8345|2.1972|Marseille
germanywestcentral|Germany West Central|Germany|Europe|z|germanynorth|r|50.110924|8.682127|Frankfurt
germanynorth|Germany North|Germany|Europe||germanywestcentral|o|53.073635|8.806422|Berlin
switzerlandnorth|Switzerland North|Switzerland|Europe|z|switzerlandwest|r|47.451542|8.564572|Zurich
switzerlandwest|Switzerland West|Switzerland|Europe||switzerlandnorth|o|46.204391|6.143158|Geneva
norwayeast|Norway East|Norway|Europe|z|norwaywest|r|59.913868|10.752245|Norway
norwaywest|Norway West|Norway|Europe||norwayeast|o|58.969975|5.733107|Norway
swedencentral|Sweden Central|Sweden|Europe|z|swedensouth|r|60.67488|17.14127|Gävle
swedensouth|Sweden South|Sweden|Europe||swedencentral|o|55.6059|13.0007|Malmö
italynorth|Italy North|Italy|Europe|z||r|45.46888|9.18109|Milan
polandcentral|Poland Central|Poland|Europe|z||r|52.23334|21.01666|Warsaw
spaincentral|Spain Central|Spain|Europe|z||r|40.4259|3.4209|Madrid
austriaeast|Austria East|Austria|Europe|z||r|48.2201|16.3797|Vienna
belgiumcentral|Belgium Central|Belgium|Europe|z||r|50.8503|4.3517|Brussels
southeastasia|Southeast Asia|Asia Pacific|Asia Pacific|z|eastasia|r|1.283|103.833|Singapore
eastasia|East Asia|Asia Pacific|Asia Pacific|z|southeastasia|r|22.267|114.188|Hong Kong
japaneast|Japan East|Japan|Asia Pacific|z|japanwest|r|35.68|139.77|Tokyo, Saitama
japanwest|Japan West|Japan|Asia Pacific|z|japaneast|r|34.6939|135.5022|Osaka
koreacentral|Korea Central|Korea|Asia Pacific|z|koreasouth|r|37.5665|126.978|Seoul
koreasouth|Korea South|Korea|Asia Pacific||koreacentral|o|35.1796|129.0756|Busan
centralindia|Central India|India|Asia Pacific|z|southindia|r|18.5822|73.9197|Pune
southindia|South India|India|Asia Pacific||centralindia|o|12.9822|80.1636|Chennai
westindia|West India|India|Asia Pacific||southindia|o|19.088|72.868|Mumbai
indonesiacentral|Indonesia Central|Indonesia|Asia Pacific|z||r|-6.2088|106.8456|Jakarta
malaysiawest|Malaysia West|Malaysia|Asia Pacific|z||r|3.139|101.6869|Kuala Lumpur
australiaeast|Australia East|Australia|Asia Pacific|z|australiasoutheast|r|-33.86|151.2094|New South Wales
australiasoutheast|Australia Southeast|Australia|Asia Pacific||australiaeast|o|-37.8136|144.9631|Victoria
australiacentral|Australia Central|Australia|Asia Pacific||australiacentral2|o|-35.3075|149.1244|Canberra
australiacentral2|Australia Central 2|Australia|Asia Pacific||australiacentral|o|-35.3075|149.1244|Canberra
newzealandnorth|New Zealand North|New Zealand|Asia Pacific|z||r|-36.84853|174.76349|Auckland
uaenorth|UAE North|UAE|Middle East|z|uaecentral|r|25.266666|55.316666|Dubai
uaecentral|UAE Central|UAE|Middle East||uaenorth|o|24.466667|54.366669|Abu Dhabi
qatarcentral|Qatar Central|Qatar|Middle East|z||r|25.551462|51.439327|Doha
israelcentral|Israel Central|Israel|Middle East|z||r|31.2655698|33.4506633|Israel
southafricanorth|South Africa North|South Africa|Africa|z|southafricawest|r|-25.73134|28.21837|Johannesburg
southafricawest|South Africa West|South Africa|Africa||southafricanorth|o|-34.075691|18.843266|Cape Town`;

export const LOCATIONS: readonly Location[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [name = '', displayName = '', geography = '', geographyGroup = '', zones, pair = '', category, ...place] = line.split('|');
    const [latitude = '', longitude = '', physicalLocation = ''] = place;
    return {
      name,
      displayName,
      geography,
      geographyGroup,
      zones: zones === 'z',
      pair,
      category: category === 'r' ? 'Recommended' : 'Other',
      latitude,
      longitude,
      physicalLocation,
    };
  });

const byName = new Map(LOCATIONS.map((location) => [location.name, location]));

/** `East US 2` and `EastUS2` are `eastus2`. */
export const normalizeLocation = (location: string): string => location.replaceAll(' ', '').toLowerCase();
export const findLocation = (location: string): Location | undefined => byName.get(normalizeLocation(location));
/** Logical zones of a region: `["1","2","3"]` or none. */
export const zonesOf = (location: string): readonly string[] => (findLocation(location)?.zones ? ['1', '2', '3'] : []);
