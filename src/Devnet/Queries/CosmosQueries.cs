using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Transactions;
using ProviderAgent.Marketplace;
using TenantBank = ProviderAgent.Devnet.TenantWire.Bank;
using TenantNode = ProviderAgent.Devnet.TenantWire.Node;
using WireAuth = ProviderAgent.Chain.Wire.Auth;
using WireBank = ProviderAgent.Chain.Wire.Bank;
using WireTx = ProviderAgent.Chain.Wire.Tx;

namespace ProviderAgent.Devnet.Queries;

/// <summary>Accounts, balances, simulation, and the node itself.</summary>
internal static class CosmosQueries
{
    public static IReadOnlyList<QueryMethod> Methods { get; } =
    [
        QueryMethod.Of("/cosmos.auth.v1beta1.Query/Account", WireAuth.QueryAccountRequest.Parser, Account),
        QueryMethod.Of("/cosmos.auth.v1beta1.Query/AccountInfo", WireAuth.QueryAccountInfoRequest.Parser, AccountInfo),
        QueryMethod.Of("/cosmos.auth.v1beta1.Query/Params", AuthParams),
        QueryMethod.Of("/cosmos.auth.v1beta1.Query/Bech32Prefix", _ => new TenantWire.Auth.Bech32PrefixResponse { Bech32Prefix = ChainAddress.Prefix }),
        QueryMethod.Of("/cosmos.bank.v1beta1.Query/Balance", WireBank.QueryBalanceRequest.Parser, Balance),
        QueryMethod.Of("/cosmos.bank.v1beta1.Query/AllBalances", TenantBank.QueryAllBalancesRequest.Parser, AllBalances),
        QueryMethod.Of("/cosmos.bank.v1beta1.Query/SpendableBalances", TenantBank.QueryAllBalancesRequest.Parser, AllBalances),
        QueryMethod.Of(
            "/cosmos.bank.v1beta1.Query/SpendableBalanceByDenom", TenantBank.QuerySpendableBalanceByDenomRequest.Parser, Spendable),
        QueryMethod.Of("/cosmos.tx.v1beta1.Service/Simulate", WireTx.SimulateRequest.Parser, Simulate),
        QueryMethod.Of("/cosmos.base.node.v1beta1.Service/Config", context => new Wire.Node.ConfigResponse { MinimumGasPrice = context.Node.MinGasPrice }),
        QueryMethod.Of(
            "/cosmos.base.tendermint.v1beta1.Service/GetSyncing", context => new TenantNode.GetSyncingResponse { Syncing = context.Node.IsCatchingUp }),
        QueryMethod.Of("/cosmos.base.tendermint.v1beta1.Service/GetNodeInfo", NodeInfo),
    ];

    private static IMessage Account(QueryContext context, WireAuth.QueryAccountRequest request)
    {
        var stored = Find(context.State, request.Address).ToStored();
        return new WireAuth.QueryAccountResponse { Account = new Any { TypeUrl = $"/{stored.Descriptor.FullName}", Value = stored.ToByteString() } };
    }

    private static IMessage AccountInfo(QueryContext context, WireAuth.QueryAccountInfoRequest request) =>
        new WireAuth.QueryAccountInfoResponse { Info = Find(context.State, request.Address).ToWire() };

    private static AccountRow Find(ChainState state, string text)
    {
        if (text.Length == 0) throw QueryException.InvalidArgument("Address cannot be empty");
        var address = QueryMethod.Address(text, "account");
        return state.Accounts.Find(address) ?? throw QueryException.NotFound($"rpc error: code = NotFound desc = account {address} not found");
    }

    private static IMessage AuthParams(QueryContext context) => new TenantWire.Auth.QueryParamsResponse
    {
        Params = new()
        {
            MaxMemoCharacters = TxLimits.MaxMemoCharacters,
            TxSigLimit = TxLimits.MaxSignatures,
            TxSizeCostPerByte = TxLimits.GasPerByte,
            SigVerifyCostSecp256K1 = TxLimits.GasPerSignature,
        },
    };

    private static IMessage Balance(QueryContext context, WireBank.QueryBalanceRequest request) =>
        new WireBank.QueryBalanceResponse { Balance = BalanceOf(context.State, request.Address, request.Denom) };

    private static IMessage Spendable(QueryContext context, TenantBank.QuerySpendableBalanceByDenomRequest request) =>
        new TenantBank.QuerySpendableBalanceByDenomResponse { Balance = BalanceOf(context.State, request.Address, request.Denom) };

    private static Wire.Base.Coin BalanceOf(ChainState state, string address, string denomText)
    {
        if (!Denom.TryParse(denomText, out var denom)) throw QueryException.InvalidArgument($"invalid denom: {denomText}");
        return new ChainCoin(state.Balances.Find(new(QueryMethod.Address(address, "account"), denom))?.Amount ?? 0, denom).ToWire();
    }

    private static IMessage AllBalances(QueryContext context, TenantBank.QueryAllBalancesRequest request)
    {
        var owner = QueryMethod.Address(request.Address, "account");
        var rows = context.State.Balances.Scan(0, new(owner, default)).TakeWhile(row => row.Id.Owner == owner);
        var page = ListPaging.Read(request.Pagination, rows, row => row.Id.Denom.Value);
        return new TenantBank.QueryAllBalancesResponse { Balances = { page.Rows.Select(row => row.Coin.ToWire()) }, Pagination = page.Info };
    }

    private static IMessage Simulate(QueryContext context, WireTx.SimulateRequest request)
    {
        if (request.TxBytes.IsEmpty) throw QueryException.InvalidArgument("empty txBytes is not allowed");
        var result = context.Engine.Simulate(request.TxBytes.Span);
        if (result.Code != 0) throw QueryException.Unknown($"{result.Log} with gas used: '{result.GasUsed}'");
        var data = Wire.Abci.TxMsgData.Parser.ParseFrom(result.Data);
        return new WireTx.SimulateResponse
        {
            GasInfo = new() { GasWanted = result.GasWanted, GasUsed = result.GasUsed },
            Result = new() { MsgResponses = { data.MsgResponses } },
        };
    }

    private static IMessage NodeInfo(QueryContext context) => new TenantNode.GetNodeInfoResponse
    {
        DefaultNodeInfo = new() { Network = context.State.ChainId, Moniker = context.Node.Moniker },
        ApplicationVersion = new() { Name = "akash", AppName = "akash", Version = context.Node.ReadVersion() },
    };
}
