using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using ProviderAgent.Devnet.Genesis;
using ProviderAgent.Devnet.Queries;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Marketplace;
using CertificateId = ProviderAgent.Devnet.State.Rows.CertificateId;

namespace ProviderAgent.Devnet.Tests.Queries;

/// <summary>The requests of the golden data, asked of a state that holds what their answers tell.</summary>
public sealed class QueryVectorTests
{
    private static readonly NodeIdentity Node = new("test", "0.0025uakt", () => "v2.1.0", IsCatchingUp: false);

    public static TheoryData<string> Names()
    {
        var names = new TheoryData<string>();
        foreach (var vector in Vectors()) names.Add(vector["name"]!.GetValue<string>());
        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Request_OfTheGoldenData_IsAnsweredWithTheSameBytes(string name)
    {
        var vector = Vectors().Single(vector => vector["name"]!.GetValue<string>() == name);
        var wanted = WhatIsAskedFor(Types()[vector["response"]!["type"]!.GetValue<string>()].Parser.ParseFrom(Bytes(vector["response"]!)));
        var context = new QueryContext(State(vector, wanted), null!, Node);
        var path = vector["abci_query"]!["path"]!.GetValue<string>();
        var request = Convert.FromHexString(vector["abci_query"]!["data_hex"]!.GetValue<string>());
        if (name == "open orders, next page")
        {
            // Its key is made up: this node takes only keys that it made itself.
            Assert.Equal(18u, Assert.Throws<QueryException>(() => new QueryRouter().Answer(context, path, request)).Kind.Code);
            return;
        }

        var answer = new QueryRouter().Answer(context, path, request);

        Assert.Equal(WithoutPaging(wanted).ToByteArray(), WithoutPaging(answer).ToByteArray());
    }

    private static ChainState State(JsonNode vector, IMessage wanted)
    {
        var state = GenesisState.Build(TestChain.DefaultGenesis());
        var request = vector["request"]!["value"]!;
        switch (wanted)
        {
            case Wire.Bank.QueryBalanceResponse balance:
                var owner = VectorState.Address(request["address"]!.GetValue<string>());
                Assert.True(ChainCoin.TryRead(balance.Balance, out var coin));
                return state with { Balances = state.Balances.Set(new(owner, coin.Denom), new(new(owner, coin.Denom), coin.Amount)) };
            case Wire.Auth.QueryAccountInfoResponse info:
                return VectorState.With(state, Account(info.Info, null));
            case Wire.Auth.QueryAccountResponse { Account.TypeUrl: "/cosmos.auth.v1beta1.ModuleAccount" } module:
                var packed = Wire.Auth.ModuleAccount.Parser.ParseFrom(module.Account.Value);
                return VectorState.With(state, Account(packed.BaseAccount, packed.Name));
            case Wire.Auth.QueryAccountResponse account:
                return VectorState.With(state, Account(Wire.Auth.BaseAccount.Parser.ParseFrom(account.Account.Value), null));
            case Wire.Cert.QueryCertificatesResponse list:
                foreach (var certificate in list.Certificates)
                {
                    var id = new CertificateId(VectorState.Address(request["filter"]!["owner"]!.GetValue<string>()), certificate.Serial);
                    state = state with { Certificates = state.Certificates.Set(id, new(id, certificate.Certificate.State, certificate.Certificate.Cert, certificate.Certificate.Pubkey)) };
                }

                return state;
            default:
                return VectorState.From(wanted);
        }
    }

    private static AccountRow Account(Wire.Auth.BaseAccount wire, string? module)
    {
        var key = wire.PubKey is null ? null : Wire.Crypto.PubKey.Parser.ParseFrom(wire.PubKey.Value).Key;
        return new(AccountAddress.Parse(wire.Address), wire.AccountNumber, wire.Sequence, key, module);
    }

    /// <summary>The golden lists show rows of several states, also where only one is asked for; no chain would answer so.</summary>
    private static IMessage WhatIsAskedFor(IMessage answer) => answer switch
    {
        Wire.Market.V1Beta5.QueryOrdersResponse list => new Wire.Market.V1Beta5.QueryOrdersResponse
        {
            Orders = { list.Orders.Where(order => order.State == Wire.Market.V1Beta5.Order.Types.State.Open) },
        },
        Wire.Market.V1Beta5.QueryBidsResponse list => new Wire.Market.V1Beta5.QueryBidsResponse
        {
            Bids = { list.Bids.Where(bid => bid.Bid.State == Wire.Market.V1Beta5.Bid.Types.State.Open) },
        },
        Wire.Market.V1Beta5.QueryLeasesResponse list => new Wire.Market.V1Beta5.QueryLeasesResponse
        {
            Leases = { list.Leases.Where(lease => lease.Lease.State == Wire.Market.V1.Lease.Types.State.Active) },
        },
        _ => answer,
    };

    /// <summary>Keys of further pages are a node's own business, and the golden data shows totals of other pages.</summary>
    private static IMessage WithoutPaging(IMessage answer)
    {
        var copy = answer.Descriptor.Parser.ParseFrom(answer.ToByteArray());
        if (answer.Descriptor.FindFieldByName("pagination") is { } paging) paging.Accessor.Clear(copy);
        return copy;
    }

    private static Dictionary<string, MessageDescriptor> Types() => typeof(Wire.Base.Coin).Assembly.GetTypes()
        .Where(type => type.IsAssignableTo(typeof(IMessage)) && !type.IsAbstract)
        .Select(type => (MessageDescriptor)type.GetProperty("Descriptor")!.GetValue(null)!)
        .ToDictionary(descriptor => descriptor.FullName);

    private static byte[] Bytes(JsonNode message) => Convert.FromHexString(message["protobuf"]!["hex"]!.GetValue<string>());

    private static IEnumerable<JsonNode> Vectors() => Repository.VectorJson("chain/queries.json")["vectors"]!.AsArray().Select(node => node!);
}
