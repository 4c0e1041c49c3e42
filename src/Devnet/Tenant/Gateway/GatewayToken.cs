using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using ProviderAgent.Chain.Keys;

namespace ProviderAgent.Devnet.Tenant.Gateway;

/// <summary>Makes the tokens (JWT, ES256K) by which a tenant proves to a gateway who it is.</summary>
internal sealed class GatewayToken(ISigner signer, TimeSpan lifetime, TimeProvider time)
{
    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"ES256K","typ":"JWT"}"""u8);

    /// <summary>A token for everything that the tenant may do, from now on.</summary>
    /// <exception cref="KeyException">The key cannot be used.</exception>
    public async Task<string> MakeAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var claims = new JsonObject
        {
            ["exp"] = (now + lifetime).ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["iss"] = signer.Address.Value,
            ["leases"] = new JsonObject { ["access"] = "full" },
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["version"] = "v1",
        };
        var signed = $"{Header}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        var signature = await signer.SignAsync(Encoding.ASCII.GetBytes(signed), ct);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }
}
