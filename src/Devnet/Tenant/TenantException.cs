namespace ProviderAgent.Devnet.Tenant;

/// <summary>Why a tenant's action did not happen.</summary>
public enum TenantFailure
{
    /// <summary>The node did not answer, or not as a node does.</summary>
    NodeUnavailable,

    /// <summary>The chain refused the transaction; the message holds its words.</summary>
    Refused,

    /// <summary>The transaction was sent and is in no block yet. It may still happen.</summary>
    NotIncluded,

    /// <summary>There is no such deployment, lease or provider on the chain.</summary>
    NotFound,

    /// <summary>The SDL does not fit the deployment.</summary>
    ManifestMismatch,

    /// <summary>The provider's gateway cannot be reached in time.</summary>
    GatewayUnavailable,

    /// <summary>Whoever answers at the provider's address is not the provider.</summary>
    GatewayUntrusted,

    /// <summary>The provider's gateway said no; the message holds its status and words.</summary>
    GatewayRefused,
}

/// <summary>A tenant's action did not happen. The message says why, and what to do where something can be done.</summary>
public sealed class TenantException(TenantFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public TenantFailure Failure { get; } = failure;

    /// <summary>Codespace of the chain's error; empty unless <see cref="Failure"/> is <see cref="TenantFailure.Refused"/>.</summary>
    public string Codespace { get; init; } = "";

    /// <summary>Code of the chain's error, or HTTP status of the gateway's answer; 0 otherwise.</summary>
    public int Code { get; init; }
}
