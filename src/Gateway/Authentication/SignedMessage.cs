using System.Text;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>The bytes that a token's signature is over.</summary>
internal static class SignedMessage
{
    /// <summary>Signed as it is.</summary>
    public const string Plain = "ES256K";

    /// <summary>Signed inside a document that wallets show to people (ADR 36 of the chain's framework).</summary>
    public const string Document = "ES256KADR36";

    /// <summary>Null for an algorithm that is not accepted.</summary>
    public static byte[]? For(JwtToken token, AccountAddress issuer) => token.Algorithm switch
    {
        Plain => Encoding.ASCII.GetBytes(token.SigningInput),
        Document => Encoding.ASCII.GetBytes(
            $$$"""{"account_number":"0","chain_id":"","fee":{"amount":[],"gas":"0"},"memo":"","msgs":[{"type":"sign/MsgSignData","value":{"data":"{{{Base64(token.SigningInput)}}}","signer":"{{{issuer}}}"}}],"sequence":"0"}"""),
        _ => null,
    };

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
