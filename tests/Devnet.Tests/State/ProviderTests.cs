using Google.Protobuf;
using ProviderAgent.Devnet.Tests.Harness;
using WireCreate = ProviderAgent.Chain.Wire.Provider.MsgCreateProvider;

namespace ProviderAgent.Devnet.Tests.State;

public sealed class ProviderTests
{
    [Theory]
    [InlineData("provider.example.com", "provider", 2u)]
    [InlineData("//provider.example.com", "provider", 2u)]
    [InlineData("http://provider.example.com", "provider", 1u)]
    [InlineData("https://", "provider", 1u)]
    [InlineData("https:///x", "provider", 1u)]
    [InlineData("https://provider.example.com/", "provider", 1u)]
    [InlineData("https://provider.example.com/x", "provider", 1u)]
    [InlineData("https://provider.example.com:8443", "", 0u)]
    [InlineData("https://provider.example.com", "", 0u)]
    [InlineData("https://203.0.113.7:8443", "", 0u)]
    public void CreateProvider_HostUri_MustBeHttpsWithoutPath(string uri, string codespace, uint code)
    {
        using var chain = new TestChain();
        var message = Market.CreateProvider(chain.Provider);
        message.HostUri = uri;

        chain.Submit(chain.Provider, message).Result().Is(codespace, code);
    }

    [Theory]
    [InlineData("a", "akash", 2u)]
    [InlineData("ho*", "akash", 2u)]
    [InlineData("host\n", "akash", 2u)]
    [InlineData("9host", "akash", 2u)]
    [InlineData("capabilities/gpu/vendor/nvidia/model/h200", "", 0u)]
    public void CreateProvider_AttributeKeys_AreChecked(string key, string codespace, uint code)
    {
        using var chain = new TestChain();

        chain.Submit(chain.Provider, Market.CreateProvider(chain.Provider, (key, "x"))).Result().Is(codespace, code);
    }

    [Fact]
    public void CreateProvider_KeyTwice_IsRefused()
    {
        using var chain = new TestChain();

        chain.Submit(chain.Provider, Market.CreateProvider(chain.Provider, ("host", "x"), ("host", "y"))).Result().Is("akash", 1);
    }

    [Fact]
    public void CreateProvider_Twice_Is4()
    {
        using var chain = new TestChain();

        Assert.Equal(["EventProviderCreated"], chain.Do(chain.Provider, Market.CreateProvider(chain.Provider)).TypedEvents());
        chain.Send(chain.Provider, Market.CreateProvider(chain.Provider)).Is("provider", 4);
    }

    [Fact]
    public void UpdateProvider_ReplacesEverything()
    {
        using var chain = new TestChain();
        var update = new Wire.Provider.MsgUpdateProvider { Owner = chain.Provider.Address.Value, HostUri = "https://other.example.com", Info = new() };
        chain.Send(chain.Provider, update).Is("provider", 3);
        chain.Do(chain.Provider, Market.CreateProvider(chain.Provider, ("host", "akash")));

        Assert.Equal(["EventProviderUpdated"], chain.Do(chain.Provider, update).TypedEvents());

        var record = chain.State.Providers.Find(chain.Provider.Address)!.Record;
        Assert.Equal("https://other.example.com", record.HostUri);
        Assert.Empty(record.Attributes);
    }

    [Fact]
    public void DeleteProvider_IsNotKnown()
    {
        using var chain = new TestChain();
        var body = new Wire.Tx.TxBody();
        body.Messages.Add(new Google.Protobuf.WellKnownTypes.Any
        {
            TypeUrl = "/akash.provider.v1beta4.MsgDeleteProvider",
            Value = new WireCreate { Owner = chain.Provider.Address.Value }.ToByteString(),
        });

        chain.Engine.Submit(chain.Sign(chain.Provider, body)).Result().Is("sdk", 2);
    }
}
