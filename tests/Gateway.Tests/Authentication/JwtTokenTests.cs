using System.Text;
using ProviderAgent.Gateway.Tests.Fakes;

namespace ProviderAgent.Gateway.Tests.Authentication;

public sealed class JwtTokenTests
{
    [Fact]
    public void TryParse_LongerThanTheLimit_IsRefused() =>
        Assert.Null(JwtToken.TryParse(Tokens.Get(Tokens.Full).Replace(".", "." + new string('A', JwtToken.MaxLength), StringComparison.Ordinal)));

    [Theory]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("""{"iss":7}""")]
    [InlineData("""{"leases":[]}""")]
    [InlineData("""{"leases":{"access":"granular","permissions":{}}}""")]
    [InlineData("""{"leases":{"access":"granular","permissions":[7]}}""")]
    [InlineData("""{"leases":{"access":"scoped","scope":[null]}}""")]
    [InlineData("""{"exp":"soon"}""")]
    [InlineData("""{"leases":{"permissions":[{"deployments":[{"dseq":-1}]}]}}""")]
    [InlineData("""{"leases":{"permissions":[{"deployments":[{"dseq":1.5}]}]}}""")]
    [InlineData("""{"leases":{"permissions":[{"deployments":[{"gseq":4294967296}]}]}}""")]
    public void TryRead_WrongTypes_IsMalformed(string payload) =>
        Assert.Null(new ClaimsReader(new Bech32Format()).TryRead(Encoding.UTF8.GetBytes(payload)));

    [Fact]
    public void TryRead_NotUtf8_IsMalformed() =>
        Assert.Null(new ClaimsReader(new Bech32Format()).TryRead((byte[])[.. "{\"version\":\""u8, 0xFF, .. "\"}"u8]));

    [Fact]
    public void Document_OfTheGoldenExample_IsTheKnownOne()
    {
        var example = Repository.VectorJson("gateway/jwt/adr36-example.json");
        var token = JwtToken.TryParse(example["token"]!.GetValue<string>())!;

        Assert.Equal(example["signing_string"]!.GetValue<string>(), token.SigningInput);
        Assert.Equal(example["sign_doc_utf8"]!.GetValue<string>(), Encoding.UTF8.GetString(SignedMessage.For(token, Tokens.Owner)!));
    }
}
