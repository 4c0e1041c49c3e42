using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using ProviderAgent.Workloads;

namespace ProviderAgent.Config;

/// <summary>Checks the section <c>provider</c> against what the market accepts.</summary>
internal sealed partial class ProviderOptionsValidator : IValidateOptions<ProviderOptions>
{
    public ValidateOptionsResult Validate(string? name, ProviderOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (options.HostUri is null) errors.AddError("is missing: the address at which tenants reach this host, such as https://provider.example.com:8443", "provider.host_uri");
        else if (options.HostUri.Scheme != Uri.UriSchemeHttps || options.HostUri.Host.Length == 0 || options.HostUri.PathAndQuery != "/" || options.HostUri.OriginalString.EndsWith('/'))
            errors.AddError($"'{options.HostUri.OriginalString}' must be https with a host name and a port, and nothing after it", "provider.host_uri");
        if (options.CertificateAhead < TimeSpan.FromHours(1) || options.CertificateAhead > TimeSpan.FromDays(300))
            errors.AddError($"must be from 1h to 300d, was {options.CertificateAhead}", "provider.certificate_ahead");
        if (options.IngressDomain.Length > 0 && !IngressDomains.IsUsable(options.IngressDomain))
            errors.AddError($"'{options.IngressDomain}' must be a domain in lower case such as ingress.example.com, short enough for names of 26 letters before it", "provider.ingress_domain");
        foreach (var key in options.Attributes.Keys.Where(key => !AttributeKey().IsMatch(key)))
            errors.AddError($"the key '{key}' must be a letter and then 1 to 126 letters, digits or _ / . -", "provider.attributes");
        return errors.Build();
    }

    // The market's own rule for the keys of a provider's attributes.
    [GeneratedRegex(@"^[a-zA-Z][\w/.\-]{1,126}$", RegexOptions.ECMAScript)]
    private static partial Regex AttributeKey();
}

/// <summary>Checks the section <c>operator</c>.</summary>
internal sealed class OperatorOptionsValidator : IValidateOptions<OperatorOptions>
{
    public ValidateOptionsResult Validate(string? name, OperatorOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (!IPEndPoint.TryParse(options.Listen, out var address) || !options.Listen.Contains(':', StringComparison.Ordinal))
            errors.AddError($"'{options.Listen}' must be an address and a port, such as 127.0.0.1:8440", "operator.listen");
        else if (!IPAddress.IsLoopback(address.Address))
            errors.AddError($"'{options.Listen}' is not a loopback address; reach it from elsewhere through an SSH tunnel or a proxy that authenticates", "operator.listen");
        return errors.Build();
    }
}
