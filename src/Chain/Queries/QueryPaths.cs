namespace ProviderAgent.Chain.Queries;

/// <summary>Methods of the chain's modules.</summary>
internal static class QueryPaths
{
    public const string Orders = "/akash.market.v1beta5.Query/Orders";
    public const string Order = "/akash.market.v1beta5.Query/Order";
    public const string Bids = "/akash.market.v1beta5.Query/Bids";
    public const string Bid = "/akash.market.v1beta5.Query/Bid";
    public const string Leases = "/akash.market.v1beta5.Query/Leases";
    public const string Lease = "/akash.market.v1beta5.Query/Lease";
    public const string MarketParams = "/akash.market.v1beta5.Query/Params";
    public const string Deployment = "/akash.deployment.v1beta4.Query/Deployment";
    public const string Group = "/akash.deployment.v1beta4.Query/Group";
    public const string DeploymentParams = "/akash.deployment.v1beta4.Query/Params";
    public const string Provider = "/akash.provider.v1beta4.Query/Provider";
    public const string ProviderAudits = "/akash.audit.v1.Query/ProviderAttributes";
    public const string Certificates = "/akash.cert.v1.Query/Certificates";
    public const string ConversionParams = "/akash.bme.v1.Query/Params";
    public const string ConversionStatus = "/akash.bme.v1.Query/Status";
    public const string ConversionRecords = "/akash.bme.v1.Query/LedgerRecords";
    public const string OraclePrice = "/akash.oracle.v2.Query/AggregatedPrice";

    /// <summary>The same on nodes before 2.1.</summary>
    public const string OlderOraclePrice = "/akash.oracle.v1.Query/AggregatedPrice";
    public const string Balance = "/cosmos.bank.v1beta1.Query/Balance";
    public const string AccountInfo = "/cosmos.auth.v1beta1.Query/AccountInfo";
    public const string NodeConfig = "/cosmos.base.node.v1beta1.Service/Config";
    public const string Simulate = "/cosmos.tx.v1beta1.Service/Simulate";
}
