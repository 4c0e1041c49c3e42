namespace ProviderAgent.Devnet.Tenant;

/// <summary>How a tenant reaches the chain and its providers.</summary>
public sealed class TenantOptions
{
    /// <summary>RPC of a node.</summary>
    /// <value>Default <c>http://127.0.0.1:26657</c>.</value>
    public Uri Rpc { get; set; } = new("http://127.0.0.1:26657");

    /// <summary>Price of a unit of gas in uakt.</summary>
    /// <value>Default 0.025, what official clients pay.</value>
    public decimal GasPrice { get; set; } = 0.025m;

    /// <summary>Simulated gas is multiplied by this.</summary>
    /// <value>Default 1.5, what official clients do.</value>
    public decimal GasAdjustment { get; set; } = 1.5m;

    /// <summary>How long one call to the node may take.</summary>
    /// <value>Default 10 s.</value>
    public TimeSpan NodeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a transaction may take into a block.</summary>
    /// <value>Default 60 s.</value>
    public TimeSpan TransactionTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long one call to a provider's gateway may take; for logs, how long the connecting may.</summary>
    /// <value>Default 60 s.</value>
    public TimeSpan GatewayTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Lifetime of the tokens that a gateway is shown.</summary>
    /// <value>Default 15 min, what official clients use.</value>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromMinutes(15);
}
