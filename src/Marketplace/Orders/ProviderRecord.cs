namespace ProviderAgent.Marketplace;

/// <summary>A provider's public entry on the market.</summary>
/// <param name="Account">The provider's account.</param>
/// <param name="HostUri">Where its gateway listens: https, with host and port, without a path.</param>
/// <param name="Attributes">What orders are matched against.</param>
/// <param name="Email">Contact; may be empty.</param>
/// <param name="Website">May be empty.</param>
public sealed record ProviderRecord(AccountAddress Account, Uri HostUri, ValueList<MarketAttribute> Attributes, string Email, string Website);

/// <summary>Attributes of a provider that an auditor has signed.</summary>
public sealed record AuditRecord(AccountAddress Provider, AccountAddress Auditor, ValueList<MarketAttribute> Attributes);

/// <summary>A TLS certificate that an account has put on the market.</summary>
/// <param name="Account">The owner.</param>
/// <param name="Serial">Serial number as decimal digits; together with the owner it names the certificate.</param>
/// <param name="IsValid">False once revoked.</param>
/// <param name="CertificatePem">PEM text of the certificate.</param>
/// <param name="PublicKeyPem">PEM text of its public key, as SubjectPublicKeyInfo.</param>
public sealed record CertificateRecord(AccountAddress Account, string Serial, bool IsValid, string CertificatePem, string PublicKeyPem);

/// <summary>Rules of the market that its governance can change; read, never assumed.</summary>
/// <param name="MinBidDeposits">Smallest deposit of a bid, one entry per accepted coin.</param>
/// <param name="MaxBidsPerOrder">An order with this many bids takes no more.</param>
/// <param name="ReclaimWindow">Shortest and longest notice that a bid may offer; null when this market has no reclamation.</param>
public sealed record MarketParameters(ValueList<Coin> MinBidDeposits, int MaxBidsPerOrder, (TimeSpan Min, TimeSpan Max)? ReclaimWindow);
