using Google.Protobuf;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;
using Audit = ProviderAgent.Chain.Wire.Audit;
using Cert = ProviderAgent.Chain.Wire.Cert;
using Providers = ProviderAgent.Chain.Wire.Provider;
using TenantAudit = ProviderAgent.Devnet.TenantWire.Audit;
using TenantProviders = ProviderAgent.Devnet.TenantWire.Provider;

namespace ProviderAgent.Devnet.Queries;

/// <summary>Providers, what auditors signed of them, and certificates.</summary>
internal static class ProviderQueries
{
    private const string Unknown = "invalid provider: address not found";

    public static IReadOnlyList<QueryMethod> Methods { get; } =
    [
        QueryMethod.Of("/akash.provider.v1beta4.Query/Provider", Providers.QueryProviderRequest.Parser, Provider),
        QueryMethod.Of("/akash.provider.v1beta4.Query/Providers", TenantProviders.QueryProvidersRequest.Parser, List),
        QueryMethod.Of("/akash.audit.v1.Query/ProviderAttributes", Audit.QueryProviderAttributesRequest.Parser, SignedOf),
        QueryMethod.Of("/akash.audit.v1.Query/ProviderAuditorAttributes", Audit.QueryProviderAuditorRequest.Parser, SignedBy),
        QueryMethod.Of("/akash.audit.v1.Query/AllProvidersAttributes", TenantAudit.QueryAllProvidersAttributesRequest.Parser, AllSigned),
        QueryMethod.Of("/akash.audit.v1.Query/AuditorAttributes", TenantAudit.QueryAuditorAttributesRequest.Parser, AllSignedBy),
        QueryMethod.Of("/akash.cert.v1.Query/Certificates", Cert.QueryCertificatesRequest.Parser, Certificates),
    ];

    private static IMessage Provider(QueryContext context, Providers.QueryProviderRequest request)
    {
        var row = context.State.Providers.Find(Address(request.Owner)) ?? throw QueryException.NotFound(Unknown);
        return new Providers.QueryProviderResponse { Provider = row.Record };
    }

    private static IMessage List(QueryContext context, TenantProviders.QueryProvidersRequest request)
    {
        var page = ListPaging.Read(request.Pagination, context.State.Providers.All(), row => row.Owner.Value);
        return new TenantProviders.QueryProvidersResponse { Providers = { page.Rows.Select(row => row.Record) }, Pagination = page.Info };
    }

    private static IMessage SignedOf(QueryContext context, Audit.QueryProviderAttributesRequest request)
    {
        var provider = Address(request.Owner);
        var rows = context.State.Audits.Scan(0, new(provider, default)).TakeWhile(row => row.Id.Provider == provider).ToArray();
        return rows.Length == 0 ? throw QueryException.NotFound(Unknown) : Answer(rows);
    }

    private static IMessage SignedBy(QueryContext context, Audit.QueryProviderAuditorRequest request) =>
        Answer([context.State.Audits.Find(new(Address(request.Owner), Address(request.Auditor))) ?? throw QueryException.NotFound(Unknown)]);

    private static IMessage AllSigned(QueryContext context, TenantAudit.QueryAllProvidersAttributesRequest request)
    {
        var page = ListPaging.Read(request.Pagination, context.State.Audits.All(), row => row.Id.ToString());
        var answer = Answer(page.Rows);
        answer.Pagination = page.Info;
        return answer;
    }

    private static IMessage AllSignedBy(QueryContext context, TenantAudit.QueryAuditorAttributesRequest request)
    {
        var auditor = Address(request.Auditor);
        var page = ListPaging.Read(request.Pagination, context.State.Audits.All().Where(row => row.Id.Auditor == auditor), row => row.Id.ToString());
        var answer = Answer(page.Rows);
        answer.Pagination = page.Info;
        return answer;
    }

    private static Audit.QueryProvidersResponse Answer(IEnumerable<AuditRow> rows) => new() { Providers = { rows.Select(row => row.ToWire()) } };

    private static IMessage Certificates(QueryContext context, Cert.QueryCertificatesRequest request)
    {
        var filter = request.Filter ?? new();
        if (filter.Serial.Length > 0 && filter.Owner.Length == 0) throw QueryException.InvalidArgument("invalid filter: serial needs an owner");
        var page = new StatePaging<CertificateId, CertificateRow>(
                context.State.Certificates, WireEnums.CertificateStates, CertificateId.Order, row => row.Id, TryParse)
            .Read(request.Pagination, filter.State, byId: false, row =>
                (filter.Owner.Length == 0 || filter.Owner == row.Id.Owner.Value) && (filter.Serial.Length == 0 || filter.Serial == row.Id.Serial));
        return new Cert.QueryCertificatesResponse
        {
            Certificates = { page.Rows.Select(row => new Cert.CertificateResponse { Certificate = row.ToWire(), Serial = row.Id.Serial }) },
            Pagination = page.Info,
        };
    }

    private static bool TryParse(string text, out CertificateId id)
    {
        var cut = text.IndexOf('/', StringComparison.Ordinal);
        var ok = AccountAddress.TryParse(cut < 0 ? "" : text.AsSpan(0, cut), out var owner);
        id = new(owner, text[(cut + 1)..]);
        return ok;
    }

    private static AccountAddress Address(string text) =>
        ChainAddress.TryParse(text, out var address) ? address : throw QueryException.InvalidArgument("invalid address");
}
