using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Accounts.TwoFactor;
using BlazorChat.Data;
using BlazorChat.Filtering;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BlazorChat.Accounts;

/// <summary>Wires up accounts: Identity, cookies, and the services of this folder.</summary>
public static class AccountsSetup
{
    private static readonly PathString[] Sockets = ["/hubs", "/_blazor"];
    private static readonly PathString[] NotPages = ["/api", "/avatars", "/account/push", .. Sockets];

    /// <summary>Adds accounts. Needs <c>AddLive</c>, <c>AddData</c> and <c>AddMail</c>.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<AccountOptions>(configuration.GetSection("Chat"));
        var allowInsecureHttp = configuration.GetValue<bool>("Chat:AllowInsecureHttp");

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddScoped(provider => provider.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContext());
        services.TryAddSingleton<IFileStore>(provider => new DiskFileStore(provider.GetRequiredService<DataDirectory>().Path));
        AddIdentity(services);
        AddCookies(services, allowInsecureHttp);

        services.TryAddSingleton<SessionRegistry>();
        services.TryAddSingleton<PeopleDirectory>();
        services.AddSingleton<TextFilter>();
        services.AddSingleton<Sightings>();
        services.AddHostedService(provider => provider.GetRequiredService<Sightings>());
        services.AddSingleton<BlockedNetworks>();
        services.AddSingleton<BanLinks>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<RateLimits>();
        services.AddSingleton<TokenRegistry>();
        services.AddHostedService(provider => provider.GetRequiredService<TokenRegistry>());
        services.AddSingleton<TokenService>();
        services.AddSingleton<TokenPairs>();
        services.AddSingleton<PolicyGate>();
        services.AddSingleton<CommunityService>();
        services.AddSingleton<Newcomers>();
        services.AddSingleton<SetupService>();
        services.AddSingleton<InviteService>();
        services.AddSingleton<RegistrationService>();
        services.AddSingleton<SignInService>();
        services.AddSingleton<CurrentPassword>();
        services.AddSingleton<Tickets>();
        services.AddSingleton<SecondFactor>();
        services.AddSingleton<TwoFactorService>();
        services.AddSingleton<ProfileService>();
        services.AddSingleton<PeopleService>();
        services.AddSingleton<PersonSessions>();
        services.AddSingleton<PasswordResetService>();
        services.AddSingleton<PasswordResetRequests>();
        services.AddSingleton<PasswordResetMail>();
        services.AddHostedService(provider => provider.GetRequiredService<PasswordResetMail>());
        services.AddScoped<SignInCookie>();
        return services;
    }

    private static void AddIdentity(IServiceCollection services)
    {
        // Singletons, where Identity would make them scoped: they have no state, and singletons of ours use them.
        services.TryAddSingleton<IPasswordHasher<AppUser>, PasswordHasher<AppUser>>();
        services.TryAddSingleton<ILookupNormalizer, UpperInvariantLookupNormalizer>();
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = 220_000);
        services.Configure<DataProtectionTokenProviderOptions>(options => options.TokenLifespan = PasswordResetService.LinkLifetime);
        services.Configure<SecurityStampValidatorOptions>(options =>
        {
            options.ValidationInterval = TimeSpan.FromMinutes(1);
            options.OnRefreshingPrincipal = KeepSessionAsync;
        });
        services
            .AddIdentityCore<AppUser>(options =>
            {
                options.Stores.SchemaVersion = IdentitySchemaVersions.Version3;

                // PersonName and PasswordRules have the rules; these are what is left of Identity's own.
                options.User.AllowedUserNameCharacters = "";
                options.User.RequireUniqueEmail = true;
                options.Password.RequiredLength = PasswordRules.MinLength;
                options.Password.RequireDigit = false;
                options.Password.RequireLowercase = false;
                options.Password.RequireUppercase = false;
                options.Password.RequireNonAlphanumeric = false;
                options.Password.RequiredUniqueChars = 1;
                options.Lockout.AllowedForNewUsers = true;
                options.Lockout.MaxFailedAccessAttempts = SignInService.MaxFailures;
                options.Lockout.DefaultLockoutTimeSpan = SignInService.LockTime;
            })
            .AddEntityFrameworkStores<ChatDbContext>()
            .AddSignInManager()
            .AddDefaultTokenProviders();
    }

    private static void AddCookies(IServiceCollection services, bool allowInsecureHttp)
    {
        var prefix = allowInsecureHttp ? "" : "__Host-";
        var authentication = services.AddAuthentication(IdentityConstants.ApplicationScheme);

        // Never issued, but the security stamp check takes it away together with a rejected sign-in.
        authentication.AddTwoFactorRememberMeCookie().Configure(options =>
        {
            options.Cookie.Name = $"{prefix}BlazorChat.TwoFactor";
            options.Cookie.Path = "/";
            options.Cookie.SecurePolicy = allowInsecureHttp ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
        });
        authentication.AddCookie(IdentityConstants.ApplicationScheme, options =>
        {
            options.Cookie.Name = $"{prefix}BlazorChat";
            options.Cookie.Path = "/";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = allowInsecureHttp ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
            options.ExpireTimeSpan = TimeSpan.FromDays(30);
            options.SlidingExpiration = true;
            options.LoginPath = "/account/login";
            options.LogoutPath = "/account/sign-out";
            options.AccessDeniedPath = "/account/login";
            options.ReturnUrlParameter = "returnUrl";
            options.Events.OnValidatePrincipal = ValidateAsync;
            options.Events.OnRedirectToLogin = context => AnswerAsync(context, StatusCodes.Status401Unauthorized);
            options.Events.OnRedirectToAccessDenied = context => AnswerAsync(context, StatusCodes.Status403Forbidden);
        });
        services.AddAntiforgery(options =>
        {
            if (!allowInsecureHttp)
            {
                options.Cookie = new SecureCookie();
            }

            options.Cookie.Name = $"{prefix}BlazorChat.Antiforgery";
            options.Cookie.Path = "/";
            options.Cookie.HttpOnly = true;
            options.Cookie.IsEssential = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.SuppressXFrameOptionsHeader = true;
        });
        services.AddAuthorization();
    }

    // The session registry decides at once; the security stamp, a minute later, is the backstop.
    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<SessionRegistry>();
        var actor = context.Principal?.ToActor();
        if (actor is not null && await sessions.IsActiveAsync(actor))
        {
            context.HttpContext.RequestServices.GetRequiredService<Sightings>().Note(actor, context.HttpContext.Connection.RemoteIpAddress);

            // A socket keeps the services of its request for hours: Identity's, with a database context, would be 20 KiB a tab.
            if (!Array.Exists(Sockets, path => context.HttpContext.Request.Path.StartsWithSegments(path)))
            {
                await SecurityStampValidator.ValidatePrincipalAsync(context);
            }

            return;
        }

        context.RejectPrincipal();
        if (actor is not null && await sessions.IsBannedAsync(actor.UserId))
        {
            // The cookie stays, though it opens nothing: all of their tabs are on the way to the page that tells them, and again when
            // they come back.
            context.HttpContext.Features.Set(new BannedVisitor(actor.UserId));
            return;
        }

        await context.HttpContext.RequestServices.GetRequiredService<SignInManager<AppUser>>().SignOutAsync();
    }

    private static Task KeepSessionAsync(SecurityStampRefreshingPrincipalContext context)
    {
        if (context.CurrentPrincipal?.FindFirst(ActorClaims.Session) is { } session)
        {
            context.NewPrincipal?.Identities.First().AddClaim(session.Clone());
        }

        return Task.CompletedTask;
    }

    /// <summary>Whether a request is a browser's for a page, which can be led to another one.</summary>
    internal static bool IsPage(HttpContext context) => !Array.Exists(NotPages, path => context.Request.Path.StartsWithSegments(path));

    private static Task AnswerAsync(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (!IsPage(context.HttpContext))
        {
            context.Response.StatusCode = status;
        }
        else if (context.HttpContext.Features.Get<BannedVisitor>() is { } banned)
        {
            context.Response.Redirect(context.HttpContext.RequestServices.GetRequiredService<BanLinks>().To(banned.UserId));
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    }

    /// <summary>Somebody whose cookie is theirs, and whose session a ban has ended.</summary>
    private sealed record BannedVisitor(long UserId);

    /// <summary>
    /// Always secure. The policy itself says otherwise because antiforgery refuses to work on http with it, even on the
    /// developer's own machine, where browsers do accept secure cookies.
    /// </summary>
    private sealed class SecureCookie : CookieBuilder
    {
        public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
        {
            var cookie = base.Build(context, expiresFrom);
            cookie.Secure = true;
            return cookie;
        }
    }
}
