using Microsoft.Extensions.Primitives;

namespace ProviderAgent.Gateway.Tests.Authentication;

public sealed class AuthorizationHeaderTests
{
    public static TheoryData<string?> Headers =>
        [.. Repository.VectorJson("gateway/jwt/authorization-header.json")["cases"]!.AsArray().Where(one => one!["client_certificate"] is null).Select(one => one!["header"]?.GetValue<string>())];

    [Theory]
    [MemberData(nameof(Headers))]
    public void TryRead_GoldenHeader_HasTheKnownResult(string? header)
    {
        var expected = Repository.VectorJson("gateway/jwt/authorization-header.json")["cases"]!.AsArray()
            .First(one => one!["header"]?.GetValue<string>() == header)!["result"]!.GetValue<string>();

        var ok = AuthorizationHeader.TryRead(header is null ? StringValues.Empty : new StringValues(header), out var token);

        Assert.Equal(!expected.StartsWith("400", StringComparison.Ordinal), ok);
        Assert.Equal(expected.StartsWith("token used", StringComparison.Ordinal) ? "<token>" : null, token);
    }

    [Fact]
    public void TryRead_TwoHeaders_AreRefused() => Assert.False(AuthorizationHeader.TryRead(new StringValues(["Bearer a", "Bearer b"]), out _));
}
