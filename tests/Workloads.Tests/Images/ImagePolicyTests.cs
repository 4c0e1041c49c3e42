namespace ProviderAgent.Workloads.Tests.Images;

public sealed class ImagePolicyTests
{
    private const string Digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("nginx", "docker.io/library/nginx")]
    [InlineData("nginx:1.27", "docker.io/library/nginx")]
    [InlineData("nginx" + Digest, "docker.io/library/nginx")]
    [InlineData("acme/app:1", "docker.io/acme/app")]
    [InlineData("index.docker.io/acme/app", "docker.io/acme/app")]
    [InlineData("ghcr.io/acme/app:1", "ghcr.io/acme/app")]
    [InlineData("localhost/app", "localhost/app")]
    [InlineData("127.0.0.1:5000/test/app:1", "127.0.0.1:5000/test/app")]
    [InlineData("GHCR.io/acme/app:1" + Digest, "ghcr.io/acme/app")]
    public void Canonical_IsTheEnginesOwnReading(string image, string expected) => Assert.Equal(expected, ImagePolicy.Canonical(image));

    [Theory]
    [InlineData("nginx", null)]
    [InlineData("ghcr.io/acme/app:1", null)]
    [InlineData("ghcr.io/acme2/app:1", "only")]
    [InlineData("ghcr.io.evil.example/acme/app", "only")]
    [InlineData("evil.example/docker.io/nginx", "only")]
    [InlineData("library/miner:1", "does not run images of docker.io/library/miner")]
    [InlineData("index.docker.io/library/miner", "does not run images of docker.io/library/miner")]
    [InlineData("", "valid")]
    [InlineData("ng inx", "valid")]
    [InlineData("nginx\n", "valid")]
    public void Refuse_AllowsAndDeniesByWholePartsOfTheName(string image, string? reason)
    {
        var options = new WorkloadImageOptions { Registries = ["docker.io", "ghcr.io/acme/"], Deny = ["docker.io/library/miner"] };

        var refusal = ImagePolicy.Refuse(image, options);

        if (reason is null) Assert.Null(refusal);
        else Assert.Contains(reason, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nginx" + Digest, true)]
    [InlineData("nginx:1" + Digest, true)]
    [InlineData("nginx:1", false)]
    [InlineData("nginx@sha256:0123", false)]
    [InlineData("nginx@sha512:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false)]
    public void Refuse_DigestIsRequired_NothingElseIsTaken(string image, bool isTaken) =>
        Assert.Equal(isTaken, ImagePolicy.Refuse(image, new WorkloadImageOptions { RequireDigest = true }) is null);
}
