namespace ProviderAgent.Marketplace.Tests.Ids;

public sealed class IdTests
{
    private const string Owner = "akash1qqqsyqcyq5rqwzqfpg9scrgwpugpzysn8zc2p5";
    private const string Provider = "akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63";

    [Theory]
    [InlineData("7")]
    [InlineData("18446744073709551615")]
    public void DeploymentId_TextForm_ReadsBackTheSame(string dseq)
    {
        var text = $"{Owner}/{dseq}";

        Assert.Equal(text, DeploymentId.Parse(text).ToString());
    }

    [Fact]
    public void LeaseId_TextForm_ReadsBackTheSame()
    {
        var text = $"{Owner}/7/1/4294967295/{Provider}";

        var id = LeaseId.Parse(text);

        Assert.Equal(text, id.ToString());
        Assert.Equal(text, id.Bid.ToString());
        Assert.Equal($"{Owner}/7/1", id.Group.ToString());
        Assert.Equal($"{Owner}/7", id.Deployment.ToString());
        Assert.Equal(Provider, id.Provider.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("owner")]
    [InlineData("owner/7/1/1")]
    [InlineData("owner/7/1/1/prov/")]
    [InlineData("owner/7/1/1/prov/0")]
    [InlineData("/7/1/1/prov")]
    [InlineData("owner/0/1/1/prov")]
    [InlineData("owner/7/0/1/prov")]
    [InlineData("owner/7/1/0/prov")]
    [InlineData("owner/07/1/1/prov")]
    [InlineData("owner/+7/1/1/prov")]
    [InlineData("owner/-7/1/1/prov")]
    [InlineData("owner/ 7/1/1/prov")]
    [InlineData("owner/7.0/1/1/prov")]
    [InlineData("owner/18446744073709551616/1/1/prov")]
    [InlineData("owner/7/4294967296/1/prov")]
    [InlineData("own er/7/1/1/prov")]
    [InlineData("own\ner/7/1/1/prov")]
    [InlineData("../7/1/1/prov")]
    [InlineData("owner/7/1/1/p")]
    [InlineData("öwner/7/1/1/prov")]
    public void LeaseId_MalformedText_IsRefused(string text)
    {
        Assert.False(LeaseId.TryParse(text, out _));
        Assert.Throws<FormatException>(() => LeaseId.Parse(text));
    }

    [Fact]
    public void Parse_HugeText_IsRefusedWithAShortMessage()
    {
        var error = Assert.Throws<FormatException>(() => OrderId.Parse(new string('x', 1_000_000)));

        Assert.True(error.Message.Length < 300, error.Message);
    }

    [Theory]
    [InlineData("owner/7/1/1/prov", true)]
    [InlineData("owner/7/1/1", false)]
    public void BidId_NeedsItsProvider(string text, bool accepted) => Assert.Equal(accepted, BidId.TryParse(text, out _));

    [Fact]
    public void ManifestHash_BytesAndText_AreTheSameValue()
    {
        var bytes = Enumerable.Range(0, 32).Select(i => (byte)(i * 7)).ToArray();

        Assert.True(ManifestHash.TryCreate(bytes, out var hash));
        Assert.Equal(hash, ManifestHash.Parse(hash.Hex));
        Assert.Equal(bytes, hash.ToBytes());
        Assert.False(ManifestHash.TryCreate(bytes.AsSpan(1), out _));
        Assert.False(ManifestHash.TryParse(hash.Hex.ToUpperInvariant(), out _));
        Assert.False(ManifestHash.TryParse(hash.Hex[1..], out _));
    }
}
